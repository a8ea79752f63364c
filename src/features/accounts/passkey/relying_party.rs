//! This site, as devices know it: what it asks of them, and what it accepts.
//!
//! Devices must look at who holds them (a PIN, a finger, a face), at each use: a passkey is asked for in the place of the password too. What a
//! device says of its maker is not asked for. Extensions are not asked for either, and some keychains answer them all the same.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::passkey::Model;
use url::Host;
use webauthn_rp::{
    AuthenticatedCredential, NonDiscoverableAuthenticationServerState, NonDiscoverableCredentialRequestOptions,
    PublicKeyCredentialCreationOptions, RegisteredCredential, RegistrationServerState,
    bin::{Decode as _, Encode as _},
    request::{
        AsciiDomain, Credentials as _, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
        auth::{AllowedCredentials, AuthenticationVerificationOptions},
        register::{
            CredProtect, Extension, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
            ResidentKeyRequirement, UserHandle, Username,
        },
    },
    response::{
        AuthTransports, CredentialId,
        auth::error::AuthCeremonyErr,
        register::{DynamicState, StaticState},
    },
};

use super::{HANDLE, MadeAnswer, SignedAnswer, challenge_text};
use crate::settings::Settings;

/// This site.
pub(in crate::features::accounts) struct RelyingParty {
    id: RpId,
    origin: String,
}

/// What a browser is asked, and what is kept until it answers.
pub(in crate::features::accounts) struct Ceremony {
    /// For the browser.
    pub(in crate::features::accounts) options: serde_json::Value,
    /// What is to be signed.
    pub(in crate::features::accounts) challenge: String,
    /// What the answer is held against.
    pub(in crate::features::accounts) state: Vec<u8>,
}

/// A passkey that a device has made, as its row keeps it.
pub(in crate::features::accounts) struct MadePasskey {
    pub(in crate::features::accounts) credential_id: Vec<u8>,
    pub(in crate::features::accounts) user_handle: Vec<u8>,
    pub(in crate::features::accounts) public_key: Vec<u8>,
    pub(in crate::features::accounts) transports: i32,
    pub(in crate::features::accounts) first: Accepted,
}

/// What is to be kept of a passkey after it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) struct Accepted {
    pub(in crate::features::accounts) state: Vec<u8>,
    pub(in crate::features::accounts) sign_count: i64,
}

/// Why what was signed is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum PasskeyRefusal {
    /// It is not what was asked for, or not of this passkey.
    Wrong,
    /// All is right but the counter, which has not risen: there may be a copy of the passkey.
    Copied,
}

impl RelyingParty {
    /// Of the address that people type; nothing where that is a number, with which no browser makes a passkey.
    pub(in crate::features::accounts) fn of(settings: &Settings) -> Option<Self> {
        let server = &settings.server;
        let Some(Host::Domain(name)) = server.public_url.host() else { return None };
        let id = AsciiDomain::try_from(name.to_owned()).ok()?;
        Some(Self { id: RpId::Domain(id), origin: server.origin() })
    }

    /// The question for a new passkey of somebody with this name and address, who has those that are `known`.
    pub(in crate::features::accounts) fn ask_for_new(
        &self,
        (name, email): (&str, &str),
        known: &[Model],
    ) -> Option<Ceremony> {
        let handle = known.first().map_or_else(|| Some(UserHandle::new()), |known| handle(&known.user_handle))?;
        // A name that a device cannot show is left out.
        let display_name = Nickname::try_from(name).ok();
        let user = PublicKeyCredentialUserEntity { name: Username::try_from(email).ok()?, id: &handle, display_name };
        let known = known.iter().filter_map(descriptor).collect();
        let mut asked = PublicKeyCredentialCreationOptions::<HANDLE>::passkey(&self.id, user, known);
        asked.authenticator_selection.resident_key = ResidentKeyRequirement::Preferred;
        asked.extensions =
            Extension { cred_props: None, cred_protect: CredProtect::None, min_pin_length: None, prf: None };
        let challenge = challenge_text(asked.challenge.as_data());
        let (state, options) = asked.start_ceremony().ok()?;
        Some(Ceremony { options: serde_json::to_value(&options).ok()?, challenge, state: state.encode().ok()? })
    }

    /// The passkey of this answer, if it was made for the question of which that `state` was kept.
    pub(in crate::features::accounts) fn made(&self, state: &[u8], answer: &MadeAnswer) -> Option<MadePasskey> {
        let state = RegistrationServerState::<HANDLE>::decode(state).ok()?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&self.origin],
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = state.verify(&self.id, &answer.0, &options);
        made.inspect_err(|error| log::debug!("a new passkey is refused: {error}")).ok().as_ref().and_then(row)
    }

    /// The question for one of the passkeys that are `known`; nothing if there are none.
    pub(in crate::features::accounts) fn ask_for_one(&self, known: &[Model]) -> Option<Ceremony> {
        let mut allowed = AllowedCredentials::with_capacity(known.len());
        for descriptor in known.iter().filter_map(descriptor) {
            allowed.push(descriptor.into());
        }
        let mut asked = NonDiscoverableCredentialRequestOptions::second_factor(&self.id, allowed).ok()?;
        asked.options().user_verification = UserVerificationRequirement::Required;
        let challenge = challenge_text(asked.options().challenge.as_data());
        let (state, options) = asked.start_ceremony().ok()?;
        Some(Ceremony { options: serde_json::to_value(&options).ok()?, challenge, state: state.encode().ok()? })
    }

    /// Whether that passkey has signed what was asked for in the question of which that `state` was kept.
    pub(in crate::features::accounts) fn signed(
        &self,
        state: &[u8],
        answer: &SignedAnswer,
        passkey: &Model,
    ) -> Result<Accepted, PasskeyRefusal> {
        self.verified(state, answer, passkey).unwrap_or_else(|| {
            log::error!("passkey {} or the challenge for it cannot be read", passkey.id);
            Err(PasskeyRefusal::Wrong)
        })
    }

    /// Nothing if what was stored cannot be read.
    fn verified(
        &self,
        state: &[u8],
        answer: &SignedAnswer,
        passkey: &Model,
    ) -> Option<Result<Accepted, PasskeyRefusal>> {
        let state = NonDiscoverableAuthenticationServerState::decode(state).ok()?;
        let handle = handle(&passkey.user_handle)?;
        let key = StaticState::decode(passkey.public_key.as_slice()).ok()?;
        let before = DynamicState::decode(*passkey.state.first_chunk()?).ok()?;
        let mut credential = AuthenticatedCredential::new(answer.0.raw_id(), &handle, key, before).ok()?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[&self.origin],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        Some(match state.verify(&self.id, &answer.0, &mut credential, &options) {
            Ok(_has_changed) => Ok(accepted(credential.dynamic_state())),
            Err(AuthCeremonyErr::SignatureCounter) => Err(PasskeyRefusal::Copied),
            Err(error) => {
                log::debug!("what passkey {} has signed is refused: {error}", passkey.id);
                Err(PasskeyRefusal::Wrong)
            }
        })
    }
}

fn row(made: &RegisteredCredential<'_, HANDLE>) -> Option<MadePasskey> {
    Some(MadePasskey {
        credential_id: made.id().as_ref().to_vec(),
        user_handle: made.user_id().as_ref().to_vec(),
        public_key: made.static_state().encode().ok()?,
        transports: made.transports().encode().ok()?.into(),
        first: accepted(made.dynamic_state()),
    })
}

fn accepted(state: DynamicState) -> Accepted {
    let Ok(bytes) = state.encode();
    Accepted { state: bytes.to_vec(), sign_count: state.sign_count.into() }
}

/// A stored passkey as browsers are told of it; nothing if it cannot be read.
fn descriptor(passkey: &Model) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let transports = u8::try_from(passkey.transports).ok()?;
    Some(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(passkey.credential_id.clone()).ok()?,
        transports: AuthTransports::decode(transports).ok()?,
    })
}

fn handle(bytes: &[u8]) -> Option<UserHandle<HANDLE>> {
    serde_json::from_value(BASE64_URL_SAFE_NO_PAD.encode(bytes).into()).ok()
}
