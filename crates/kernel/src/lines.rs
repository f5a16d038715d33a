//! On which line of a file a record stands, as a person counts them.

/// Finds the lines of records that come in order. A CSV reader's own count begins where the record before ended,
/// which is not where this one begins when lines end in `\r\n` or are empty.
#[derive(Debug)]
pub struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Lines of a file, from 1.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// The line of the record that begins at this byte or, behind line ends, after it.
    pub fn of(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).map_or(self.bytes.len(), |byte| byte.min(self.bytes.len()));
        let ends = self.bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let begin = (from + ends).max(self.at);
        self.line += self.bytes[self.at..begin].iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn line_ends_before_a_record_are_not_its_own() {
        let mut lines = Lines::new(b"a\r\nb\r\n\r\n\"c\nc\"\nd");
        assert_eq!([0, 1, 4, 13].map(|byte| lines.of(byte)), [1, 2, 4, 6]);
        assert_eq!(lines.of(u64::MAX), 6);
    }
}
