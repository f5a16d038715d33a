//! Reads the query of a list: each parameter once, each with a helpful no, none ignored.
//!
//! A misspelt filter that is silently ignored shows people the wrong list, so unknown names are refused
//! with the names that exist.

use std::str::FromStr;

use mercer_kernel::clock::Instant;
use mercer_kernel::web::PageRequest;
use mercer_kernel::web::page::{DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, LAST_PAGE};

use crate::refusal::Refusal;

/// The query parameters of a request, taken one by one.
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Params {
    /// Reads a raw query.
    ///
    /// # Errors
    /// When a name occurs twice.
    pub(super) fn read(raw: Option<&str>) -> Result<Self, Refusal> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect();
        for (at, (name, _)) in pairs.iter().enumerate() {
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Refusal::invalid(
                    "query.repeated",
                    "",
                    format!("查询参数 {name} 出现了多次"),
                    format!("the query parameter {name} occurs more than once"),
                ));
            }
        }
        Ok(Self { pairs, known: Vec::new() })
    }

    /// The text of a parameter; empty counts as absent.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let found = self.pairs.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A parameter that is one of a few codes.
    ///
    /// # Errors
    /// When it is another text; the refusal lists the codes.
    pub(super) fn code<T: FromStr>(&mut self, name: &'static str, allowed: &[&str]) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            let list = allowed.join(", ");
            Refusal::invalid(
                "query.value",
                name,
                format!("{name} 不能为 {text}，允许的值：{list}"),
                format!("{name} cannot be {text}; allowed: {list}"),
            )
        })
    }

    /// A parameter that is a point in time.
    ///
    /// # Errors
    /// When it is no RFC 3339 time.
    pub(super) fn instant(&mut self, name: &'static str) -> Result<Option<Instant>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse::<jiff::Timestamp>().map(|at| Some(Instant::from_jiff(at))).map_err(|_| {
            Refusal::invalid(
                "query.time",
                name,
                format!("{name} 应为 RFC 3339 时间，如 2027-01-01T00:00:00Z"),
                format!("{name} is an RFC 3339 time such as 2027-01-01T00:00:00Z"),
            )
        })
    }

    /// `page` and `pageSize`, and the end of reading: nothing else may be left.
    ///
    /// # Errors
    /// When one is out of range or a parameter is unknown.
    pub(super) fn page(mut self) -> Result<PageRequest, Refusal> {
        let page = self.number("page", 1, LAST_PAGE)?;
        let page_size = self.number("pageSize", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)?;
        self.finish()?;
        Ok(PageRequest::new(page, page_size))
    }

    /// The end of reading: nothing may be left.
    ///
    /// # Errors
    /// When a parameter is unknown.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        let known = &self.known;
        let Some((name, _)) = self.pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) else {
            return Ok(());
        };
        let list = known.join(", ");
        Err(Refusal::invalid(
            "query.unknown",
            "",
            format!("未知的查询参数 {name}，可用：{list}"),
            format!("unknown query parameter {name}; there are: {list}"),
        ))
    }

    fn number(&mut self, name: &'static str, default: u32, max: u32) -> Result<u32, Refusal> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|number| (1..=max).contains(number)).ok_or_else(|| {
            Refusal::invalid(
                "query.range",
                name,
                format!("{name} 允许 1 到 {max}，现为 {text}"),
                format!("{name} may be 1 to {max}, not {text}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_defaults_and_limits() {
        let page = |query| Params::read(Some(query)).unwrap().page();
        assert_eq!(page("").unwrap(), PageRequest::default());
        assert_eq!(page("page=3&pageSize=200").unwrap().offset(), 400);
        for bad in ["pageSize=0", "pageSize=201", "pageSize=x", "page=0", "page=-1", "page=10001"] {
            assert_eq!(page(bad).unwrap_err().code, "query.range", "{bad}");
        }
    }

    #[test]
    fn unknown_and_repeated_parameters_are_named() {
        let mut params = Params::read(Some("stat=waiting")).unwrap();
        assert_eq!(params.text("state"), None);
        let refusal = params.page().unwrap_err();
        assert!(refusal.en.contains("stat") && refusal.en.contains("state, page, pageSize"));
        assert!(Params::read(Some("a=1&a=2")).is_err());
    }

    #[test]
    fn times_and_codes_are_checked() {
        let mut params = Params::read(Some("from=2027-01-01T00:00:00Z&to=tomorrow&kind=7")).unwrap();
        assert!(params.instant("from").unwrap().is_some());
        assert_eq!(params.instant("to").unwrap_err().field, "to");
        assert_eq!(params.code::<i64>("kind", &["7"]).unwrap(), Some(7));
        let mut other = Params::read(Some("kind=x")).unwrap();
        assert!(other.code::<i64>("kind", &["7"]).unwrap_err().en.contains("allowed: 7"));
    }
}
