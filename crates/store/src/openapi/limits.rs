//! How large a call of an open API may be. Pure. Source: open APIs §1.6.

use super::gateway_error::Stopped;

/// Largest body with AK/SK signing: 12 MB.
pub(crate) const MAX_BODY_BYTES: usize = 12 * 1024 * 1024;
/// Longest request URI: 32 KB.
pub(crate) const MAX_URI_BYTES: usize = 32 * 1024;
/// Largest single header, name and value: 32 KB.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;
/// Largest sum of all headers: 128 KB.
pub(crate) const MAX_HEADERS_BYTES: usize = 128 * 1024;

/// Checks the sizes of the parts that arrive before the body.
///
/// # Errors
/// With the gateway's answer for the part that is too large.
pub(crate) fn check_head(uri_bytes: usize, header_bytes: impl Iterator<Item = usize>) -> Result<(), Stopped> {
    if uri_bytes > MAX_URI_BYTES {
        return Err(Stopped::uri_too_long());
    }
    let mut sum = 0;
    for bytes in header_bytes {
        sum += bytes;
        if bytes > MAX_HEADER_BYTES || sum > MAX_HEADERS_BYTES {
            return Err(Stopped::headers_too_large());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_passes_exactly_and_refuses_one_more() {
        let head = |uri, headers: Vec<usize>| check_head(uri, headers.into_iter());
        assert!(head(MAX_URI_BYTES, vec![MAX_HEADER_BYTES; 4]).is_ok());
        assert_eq!(head(MAX_URI_BYTES + 1, vec![]), Err(Stopped::uri_too_long()));
        assert_eq!(head(1, vec![MAX_HEADER_BYTES + 1]), Err(Stopped::headers_too_large()));
        assert_eq!(
            head(1, vec![MAX_HEADER_BYTES, MAX_HEADER_BYTES, MAX_HEADER_BYTES, MAX_HEADER_BYTES, 1]),
            Err(Stopped::headers_too_large())
        );
    }
}
