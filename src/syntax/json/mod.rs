//! JSON with comments, byte spans and recovery.
