//! The usual reasons why two canonical strings differ, as people read them.

use mercer_protocol::Wording;

/// A usual reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// A byte order mark stands before the text.
    ByteOrderMark,
    /// The same with a line break at the end.
    TrailingNewline,
    /// The same without the line break at our end.
    NoTrailingNewline,
    /// Lines end with CR LF.
    CarriageReturns,
    /// The same with blanks around it.
    OuterBlanks,
    /// Written in another character set.
    NotUtf8,
    /// A plus became a blank.
    PlusBecameBlank,
    /// A blank stayed a plus.
    BlankStayedPlus,
    /// A value is still percent-encoded.
    StillEncoded,
    /// A value was decoded that stays encoded.
    DecodedTooOften,
    /// The member `timeStamp` is not part of it.
    MissingTimeStamp,
    /// A parameter is missing.
    MissingParameter(String),
    /// A parameter does not belong there.
    SurplusParameter(String),
    /// The right parameters in another order.
    Order,
    /// Characters written as escapes, or the other way round.
    Escapes,
    /// Blanks between the members of the JSON text.
    JsonBlanks,
    /// The same JSON with its members in another order or numbers written otherwise.
    JsonRewritten,
    /// What stands before the rest is missing.
    NothingInFront,
    /// Something stands before the rest.
    SomethingInFront,
    /// Upper and lower case.
    LetterCase,
    /// The presented text is cut off.
    EndsEarly,
    /// The presented text goes on.
    GoesOn,
}

impl Reason {
    /// Stable text of the reason.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte_order_mark",
            Self::TrailingNewline => "trailing_newline",
            Self::NoTrailingNewline => "trailing_newline_missing",
            Self::CarriageReturns => "carriage_returns",
            Self::OuterBlanks => "outer_blanks",
            Self::NotUtf8 => "not_utf8",
            Self::PlusBecameBlank => "plus_became_blank",
            Self::BlankStayedPlus => "blank_stayed_plus",
            Self::StillEncoded => "still_encoded",
            Self::DecodedTooOften => "decoded_too_often",
            Self::MissingTimeStamp => "timestamp_missing",
            Self::MissingParameter(_) => "parameter_missing",
            Self::SurplusParameter(_) => "parameter_surplus",
            Self::Order => "order",
            Self::Escapes => "escapes",
            Self::JsonBlanks => "json_blanks",
            Self::JsonRewritten => "json_rewritten",
            Self::NothingInFront => "nothing_in_front",
            Self::SomethingInFront => "something_in_front",
            Self::LetterCase => "letter_case",
            Self::EndsEarly => "ends_early",
            Self::GoesOn => "goes_on",
        }
    }

    /// The reason as a sentence.
    pub(super) fn wording(&self) -> Wording {
        let (zh, en) = match self {
            Self::MissingParameter(name) => {
                return Wording::of(
                    format!("您的串缺少参数 {name}（空值也要保留为「{name}=」）"),
                    format!("your string lacks the parameter {name} (an empty value stays as \"{name}=\")"),
                );
            }
            Self::SurplusParameter(name) => {
                return Wording::of(
                    format!("您的串多了参数 {name}：authToken 本身不参与签名，重复的参数只取第一个"),
                    format!(
                        "your string has the parameter {name} too many: authToken itself is not signed, and of a repeated name only the first counts"
                    ),
                );
            }
            Self::ByteOrderMark => (
                "您的串以 BOM（EF BB BF）开头：请另存为无 BOM 的 UTF-8",
                "your string begins with a byte order mark (EF BB BF): save it as UTF-8 without BOM",
            ),
            Self::TrailingNewline => (
                "您的串末尾多了换行（例如用 echo 而不是 printf 写的）",
                "your string ends with a line break (written with echo instead of printf, for example)",
            ),
            Self::NoTrailingNewline => (
                "收到的内容以换行结尾，您的串没有：签名要覆盖全部字节",
                "what was received ends with a line break, yours does not: every byte is signed",
            ),
            Self::CarriageReturns => ("您的换行是 CRLF，应为 LF", "your line breaks are CR LF, they must be LF"),
            Self::OuterBlanks => ("您的串首尾多了空白", "your string has blanks around it"),
            Self::NotUtf8 => (
                "您的串不是 UTF-8（可能是 GBK）：先转为 UTF-8 再计算",
                "your string is not UTF-8 (GBK perhaps): convert to UTF-8 before signing",
            ),
            Self::PlusBecameBlank => (
                "您把「+」解码成了空格：发送方应写成 %2B，或按原样保留「+」",
                "you decoded \"+\" as a blank: the caller should have sent %2B, or \"+\" must be kept as it is",
            ),
            Self::BlankStayedPlus => {
                ("您保留了「+」，它在这里表示空格", "you kept \"+\", which stands for a blank here")
            }
            Self::StillEncoded => (
                "您的值仍是 URL 编码的：签名前要解码一次",
                "your value is still URL-encoded: decode it once before signing",
            ),
            Self::DecodedTooOften => {
                ("您的值被多解码了一次：这里应保持编码", "your value was decoded once too often: it stays encoded here")
            }
            Self::MissingTimeStamp => (
                "您的串缺少 timeStamp：它既在密钥之后，也在待签名串中",
                "your string lacks timeStamp: it follows the key and is part of the string as well",
            ),
            Self::Order => (
                "参数相同但顺序不同：按参数名的字符编码升序（大写在前）",
                "the same parameters in another order: sort by name in code-unit order (upper case first)",
            ),
            Self::Escapes => (
                "转义写法不同（如 \\uXXXX 或 \\/）：必须使用收到的原始字节，不要重新序列化",
                "escapes are written otherwise (\\uXXXX or \\/): use the bytes as received, do not serialise the JSON again",
            ),
            Self::JsonBlanks => (
                "JSON 中的空白不同：必须使用收到的原始字节，不要重新格式化",
                "the JSON has other blanks: use the bytes as received, do not format it again",
            ),
            Self::JsonRewritten => (
                "JSON 内容相同但写法不同（成员顺序或数字写法）：必须使用收到的原始字节",
                "the same JSON written otherwise (order of members, form of numbers): use the bytes as received",
            ),
            Self::NothingInFront => (
                "您的串缺少开头的部分（如 accessKey）",
                "your string lacks what stands in front (the access key, for example)",
            ),
            Self::SomethingInFront => (
                "您的串开头多了内容：V1 的 Key 与 timeStamp 是 HMAC 密钥，不在串中",
                "something stands in front of your string: in V1, Key and timeStamp are the MAC key, not part of the string",
            ),
            Self::LetterCase => (
                "大小写不同：摘要用小写十六进制，名称保持原样",
                "upper and lower case differ: digests are lower-case hexadecimal, names stay as they are",
            ),
            Self::EndsEarly => ("您的串提前结束", "your string ends early"),
            Self::GoesOn => ("您的串末尾多了内容", "your string goes on after ours ends"),
        };
        Wording::fixed(zh, en)
    }
}
