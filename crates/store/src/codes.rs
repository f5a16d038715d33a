//! Enums that are written as a code: in the database, in JSON and in filters it is the same text.

/// The text is not one of the codes of the enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown code")]
pub(crate) struct UnknownCode;

/// Declares an enum whose members have a stable code, with everything that follows from it.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$member_meta:meta])* $member:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[$member_meta])* $member),+ }

        impl $name {
            /// Every member, in the order people are shown them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The stable text.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$member => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::codes::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|member| member.code() == text).ok_or(crate::codes::UnknownCode)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| {
                    serde::de::Error::custom(format!("'{text}' is none of {}", [$($code),+].join(", ")))
                })
            }
        }

        impl From<$name> for mercer_kernel::db::Value {
            fn from(value: $name) -> Self {
                Self::from(value.code())
            }
        }
    };
}

pub(crate) use codes;
