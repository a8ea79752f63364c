//! A row of each table of passkeys, every column filled in.

use entity::{passkey, passkey_challenge};

use crate::rows::{changed, made};
use crate::support::at;

pub(crate) fn passkey(user: i64) -> passkey::Model {
    passkey::Model {
        id: 0,
        user_id: user,
        credential_id: (0..=255).collect(),
        user_handle: vec![7; 16],
        name: "Telephone".to_owned(),
        public_key: vec![1, 0, 255],
        state: vec![0, 255, 7],
        sign_count: i64::from(u32::MAX),
        transports: 12,
        last_used_at: Some(at(-3)),
        copied_at: Some(at(-1)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn passkey_challenge(user: i64) -> passkey_challenge::Model {
    passkey_challenge::Model {
        id: 0,
        user_id: user,
        binding: "0f".repeat(32),
        challenge: "a0".repeat(16),
        state: vec![0, 255, 7],
        expires_at: at(1),
        created_at: made(),
        updated_at: changed(),
    }
}
