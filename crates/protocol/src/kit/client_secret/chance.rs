//! The caller's randomness in the form in which the RSA library wants it.

use std::convert::Infallible;

use rsa::rand_core::{TryCryptoRng, TryRng};

/// Randomness as a function that fills bytes. The caller vouches that it is cryptographic.
pub(super) struct Chance<'a> {
    fill: &'a mut dyn FnMut(&mut [u8]),
}

impl<'a> Chance<'a> {
    /// Randomness out of `fill`.
    pub(super) fn of(fill: &'a mut dyn FnMut(&mut [u8])) -> Self {
        Self { fill }
    }
}

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.fill)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.fill)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        (self.fill)(target);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}
