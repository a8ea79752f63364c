//! The people of a hospital, each with a browser.

use super::world::World;
use crate::support::*;

/// A hospital with one of each role, and a patient who never had a visit before.
pub(super) struct People {
    pub(super) hospital: Hospital,
    pub(super) super_admin: Person,
    pub(super) admin: Person,
    pub(super) doctor: Doctor,
    pub(super) patient: Patient,
    pub(super) newcomer: Patient,
}

impl People {
    pub(super) async fn create(app: &TestApp) -> Self {
        let hospital = hospital().create(app).await;
        Self {
            super_admin: super_admin().create(app).await,
            admin: hospital_admin(&hospital).create(app).await,
            doctor: doctor(&hospital).create(app).await,
            patient: patient(&hospital).create(app).await,
            newcomer: patient(&hospital).create(app).await,
            hospital,
        }
    }

    /// Signs all of them in: `super`, `admin`, `doctor`, `patient`, `newcomer`.
    pub(super) async fn sign_in(&self, world: &mut World) {
        world.look_at(&self.hospital, &self.doctor);
        world.sign_in("super", &self.super_admin).await;
        world.sign_in("admin", &self.admin).await;
        world.sign_in("doctor", &self.doctor).await;
        world.sign_in("patient", &self.patient).await;
        world.sign_in("newcomer", &self.newcomer).await;
    }
}
