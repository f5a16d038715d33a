//! What goes into and comes out of a statement.

use super::DbError;
use crate::clock::Instant;

/// One argument or column. The portable subset of both engines: no floats, no booleans, no dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT; flags are 0 and 1, instants microseconds.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u16> for Value {
    fn from(value: u16) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<Instant> for Value {
    fn from(value: Instant) -> Self {
        Self::Int(value.as_micros())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Builds the arguments of a statement: `args![id, now, None::<&str>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

/// One row of an answer, read by column position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// A BIGINT column.
    ///
    /// # Errors
    /// [`DbError::Decode`] when the column is missing, NULL or of another type; likewise below.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.optional_int(column)?.ok_or_else(|| wrong(column, "an integer, found NULL"))
    }

    /// A BIGINT column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.value(column)? {
            Value::Int(value) => Ok(Some(*value)),
            Value::Null => Ok(None),
            other => Err(wrong(column, &format!("an integer, found {}", kind(other)))),
        }
    }

    /// A BIGINT column holding 0 or 1.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn flag(&self, column: usize) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }

    /// A BIGINT column holding microseconds.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn instant(&self, column: usize) -> Result<Instant, DbError> {
        self.int(column).map(Instant::from_micros)
    }

    /// A BIGINT column holding microseconds or NULL.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn optional_instant(&self, column: usize) -> Result<Option<Instant>, DbError> {
        Ok(self.optional_int(column)?.map(Instant::from_micros))
    }

    /// A TEXT column.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn text(&self, column: usize) -> Result<String, DbError> {
        self.optional_text(column)?.ok_or_else(|| wrong(column, "text, found NULL"))
    }

    /// A TEXT column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, DbError> {
        match self.value(column)? {
            Value::Text(value) => Ok(Some(value.clone())),
            Value::Null => Ok(None),
            other => Err(wrong(column, &format!("text, found {}", kind(other)))),
        }
    }

    /// A BYTEA column.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, DbError> {
        self.optional_bytes(column)?.ok_or_else(|| wrong(column, "bytes, found NULL"))
    }

    /// A BYTEA column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn optional_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, DbError> {
        match self.value(column)? {
            Value::Bytes(value) => Ok(Some(value.clone())),
            Value::Null => Ok(None),
            other => Err(wrong(column, &format!("bytes, found {}", kind(other)))),
        }
    }

    /// A TEXT column parsed into a type of the program, for example an enum.
    ///
    /// # Errors
    /// As [`Row::int`], and when the text is not one the type knows.
    pub fn parse<T: std::str::FromStr>(&self, column: usize) -> Result<T, DbError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| wrong(column, &format!("a {}, found '{text}'", std::any::type_name::<T>())))
    }

    /// A TEXT column holding JSON.
    ///
    /// # Errors
    /// As [`Row::int`], and when the JSON does not fit the type.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, DbError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| wrong(column, &format!("JSON: {error}")))
    }

    fn value(&self, column: usize) -> Result<&Value, DbError> {
        self.0.get(column).ok_or_else(|| wrong(column, "a column, the row is shorter"))
    }
}

fn wrong(column: usize, expected: &str) -> DbError {
    DbError::Decode(format!("column {column}: expected {expected}"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
    }
}
