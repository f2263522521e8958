//! What the registry service answers about a pipeline or a run: nested as the service sends it, or flat as `az` prints it.

use std::borrow::Cow;

use super::{member, named, object, text};
use crate::syntax::json::{Kind, Member, Node, Number};

/// An export or import pipeline.
#[derive(Debug, Clone, Copy)]
pub struct PipelineAnswer<'a> {
    item: Node<'a>,
    /// Whether it exports rather than imports.
    pub exports: bool,
}

/// A pipeline run.
#[derive(Debug, Clone, Copy)]
pub struct RunAnswer<'a> {
    /// What was asked for, and the state of the resource.
    fields: Node<'a>,
    response: Option<Node<'a>>,
}

impl<'a> PipelineAnswer<'a> {
    pub(super) fn recognise(item: Node<'a>) -> Option<Self> {
        let exports = match child_type(item)?.as_str() {
            "exportpipelines" => true,
            "importpipelines" => false,
            _ => return None,
        };
        let pipeline = Self { item, exports };
        pipeline.endpoint().is_some().then_some(pipeline)
    }

    /// Its `target` or `source`.
    pub fn endpoint(&self) -> Option<Member<'a>> {
        let end = member(fields(self.item), if self.exports { "target" } else { "source" })?;
        (end.value.kind() == Kind::Object).then_some(end)
    }

    /// The text of a property of its endpoint; an empty one is none.
    pub fn endpoint_text(&self, key: &str) -> Option<Cow<'a, str>> {
        text(self.endpoint()?.value, key).filter(|text| !text.is_empty())
    }

    /// The names of its registry and of the pipeline itself, where the answer has its id.
    pub fn names(&self) -> Option<(String, String)> {
        let id = text(self.item, "id")?;
        let at = id.to_ascii_lowercase().find(REGISTRY)? + REGISTRY.len();
        let mut parts = id.get(at..)?.split('/');
        let (registry, name) = (parts.next()?, parts.nth(1)?);
        Some((registry.to_owned(), name.to_owned()))
    }

    /// Its options.
    pub fn options(&self) -> Vec<String> {
        let list = member(fields(self.item), "options").map(|member| member.value);
        let texts = list.into_iter().flat_map(Node::elements).filter_map(Node::as_str);
        texts.map(Cow::into_owned).collect()
    }

    /// The API version, where the answer says it.
    pub fn api_version(&self) -> Option<Cow<'a, str>> {
        text(self.item, "apiVersion")
    }

    /// Whether its source trigger is off.
    pub fn is_trigger_disabled(&self) -> bool {
        let trigger = object(fields(self.item), "trigger").and_then(|trigger| object(trigger, "sourceTrigger"));
        let status = trigger.and_then(|trigger| text(trigger, "status"));
        status.is_some_and(|status| status.eq_ignore_ascii_case("Disabled"))
    }
}

impl<'a> RunAnswer<'a> {
    pub(super) fn recognise(item: Node<'a>) -> Option<Self> {
        // No other answer has this key; `az acr pipeline-run show --query response` prints no more.
        if named(item, "pipelineRunErrorMessage").is_some() {
            return Some(Self { fields: item, response: Some(item) });
        }
        let fields = fields(item);
        let response = object(fields, "response");
        let is_run = child_type(item)? == "pipelineruns" && (response.is_some() || object(fields, "request").is_some());
        is_run.then_some(Self { fields, response })
    }

    /// The state of the resource, which says `Succeeded` while the run still goes on.
    pub fn provisioning_state(&self) -> Option<Node<'a>> {
        member(self.fields, "provisioningState").map(|member| member.value)
    }

    /// How the run itself goes.
    pub fn status(&self) -> Option<Node<'a>> {
        self.response("status")
    }

    /// Why it failed; an empty text is none.
    pub fn error_message(&self) -> Option<Node<'a>> {
        self.response("pipelineRunErrorMessage")
            .filter(|message| message.as_str().is_some_and(|text| !text.trim().is_empty()))
    }

    /// How much of it is done, of 100.
    pub fn percentage(&self) -> Option<(f64, Node<'a>)> {
        let node = member(self.response("progress")?, "percentage")?.value;
        #[expect(clippy::cast_precision_loss, reason = "a percentage is small")]
        let percentage = match node.as_number() {
            Some(Number::Integer(number)) => number as f64,
            Some(Number::Float(number)) => number,
            None => node.as_str()?.trim_end_matches('%').trim().parse().ok()?,
        };
        Some((percentage, node))
    }

    /// The artifacts that were imported.
    pub fn imported(&self) -> Option<Member<'a>> {
        member(self.response?, "importedArtifacts").filter(|list| list.value.kind() == Kind::Array)
    }

    /// The number of artifacts that were asked for, if any were.
    pub fn artifacts(&self) -> Option<usize> {
        let list = member(object(self.fields, "request")?, "artifacts")?.value;
        Some(list.elements().count()).filter(|count| *count > 0)
    }

    /// Where it says what was asked for.
    pub fn request_key(&self) -> Option<Node<'a>> {
        member(self.fields, "request").map(|member| member.key)
    }

    /// Whether it is the run of an export pipeline; `None` when it does not say.
    pub fn exports(&self) -> Option<bool> {
        let id = text(object(self.fields, "request")?, "pipelineResourceId")?.to_ascii_lowercase();
        match (id.contains("/exportpipelines/"), id.contains("/importpipelines/")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// The name of the blob that it writes or reads.
    pub fn blob(&self) -> Option<Cow<'a, str>> {
        let request = object(self.fields, "request")?;
        let name = |end| text(object(request, end)?, "name").filter(|name| !name.is_empty());
        name("target").or_else(|| name("source"))
    }

    /// The digest of the blob's catalog, the same in export and import.
    pub fn catalog_digest(&self) -> Option<Cow<'a, str>> {
        self.response("catalogDigest")?.as_str().filter(|digest| !digest.is_empty())
    }

    fn response(&self, key: &str) -> Option<Node<'a>> {
        member(self.response?, key).map(|member| member.value)
    }
}

/// Where the properties are: in `properties`, or beside the name.
fn fields(item: Node<'_>) -> Node<'_> {
    object(item, "properties").unwrap_or(item)
}

/// What a type of a resource below a registry starts with, in lower case.
const REGISTRY: &str = "microsoft.containerregistry/registries/";

/// The last part of the type of a resource below a registry, in lower case, if a value is one that exists: its id tells,
/// or its state.
fn child_type(item: Node<'_>) -> Option<String> {
    let says = text(item, "type").map(|ty| ty.to_ascii_lowercase());
    let said = says.as_deref().and_then(|ty| ty.trim_end_matches('/').strip_prefix(REGISTRY));
    let Some(id) = text(item, "id") else {
        let exists = member(fields(item), "provisioningState").is_some() && text(item, "apiVersion").is_none();
        return said.filter(|_| exists).map(str::to_owned);
    };
    let id = id.to_ascii_lowercase();
    let (_, below) = id.strip_prefix("/subscriptions/")?.split_once(REGISTRY)?;
    let mut segments = below.split('/').skip(1);
    let (child, _) = (segments.next()?, segments.next()?);
    (says.is_none() || said == Some(child)).then(|| child.to_owned())
}
