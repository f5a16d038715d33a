//! What to do about a refused callback, by its named reason. Pure.

use mercer_kernel::web::Language;

/// What to do; empty for a code this version does not know.
pub(super) fn advice(refusal: &str, language: Language) -> &'static str {
    let (en, zh) = match refusal {
        "signature.timestamp_missing" | "signature.nonce_missing" | "signature.missing" => (
            "The call did not come from the store, or a proxy in between cut the query off. Check that your proxy passes the query string on unchanged.",
            "该请求可能并非来自云商店，或中间代理截断了查询参数。请检查代理是否原样转发查询字符串。",
        ),
        "signature.timestamp_malformed" => (
            "The timestamp must be the milliseconds since 1970 in digits. The store always sends it so; check your own tool.",
            "timestamp 应为 1970 年以来的毫秒数。云商店始终如此发送，请检查您自己的工具。",
        ),
        "signature.timestamp_stale" => (
            "The clocks differ, or the call was delayed or sent a second time. Check this machine's clock (NTP). gateway.signature.window_seconds widens the window.",
            "双方时钟不一致，或请求被延迟、重发。请检查本机时钟（NTP）；可用 gateway.signature.window_seconds 放宽时间窗口。",
        ),
        "signature.nonce_oversized" => (
            "A nonce has at most 128 characters. The call is not from the store.",
            "nonce 最多 128 个字符。该请求并非来自云商店。",
        ),
        "signature.wrong" => (
            "Most often the access key here is not the one of the seller centre: compare both on the keys page, and mind blanks at the ends. Otherwise a proxy changed the body.",
            "最常见的原因是此处的访问密钥与卖家中心不一致：请在密钥页面核对，并注意首尾空格；否则可能是代理修改了请求体。",
        ),
        "auth_token.missing" => (
            "The call did not come from the store, or a proxy in between cut the query off. Check that your proxy passes the query string on unchanged.",
            "该请求可能并非来自云商店，或中间代理截断了查询参数。请检查代理是否原样转发查询字符串。",
        ),
        "auth_token.wrong" => (
            "Most often the V1.0 Key here is not the one of the seller centre: compare both on the keys page. Otherwise a proxy decoded or changed the query: %2B must arrive as %2B.",
            "最常见的原因是此处的 V1.0 Key 与卖家中心不一致：请在密钥页面核对；否则可能是代理解码或修改了查询参数（%2B 必须原样到达）。",
        ),
        "auth_token.timestamp_missing" | "auth_token.timestamp_malformed" => (
            "timeStamp must be 17 digits, yyyyMMddHHmmssSSS. The store always sends it so; check your own tool.",
            "timeStamp 应为 17 位数字 yyyyMMddHHmmssSSS。云商店始终如此发送，请检查您自己的工具。",
        ),
        "auth_token.timestamp_stale" => (
            "The clocks differ, or the call was delayed or sent a second time. The protocol asks for no such check: gateway.saas_v1.freshness_seconds (base) or gateway.kit.v1_freshness_seconds (kit) set to 0 switches it off.",
            "双方时钟不一致，或请求被延迟、重发。协议不要求此校验：将 gateway.saas_v1.freshness_seconds（基础接口）或 gateway.kit.v1_freshness_seconds（联营接口）设为 0 可关闭。",
        ),
        "query.bad_escape" | "query.not_utf8" => (
            "The query is not percent-encoded UTF-8. The call is not from the store, or a proxy re-encoded it.",
            "查询参数不是 UTF-8 百分号编码。该请求并非来自云商店，或代理重新编码了它。",
        ),
        "request.field_undecryptable" => (
            "Phone or mail do not decrypt with the Key that signed the call. Compare the Key, and check in the seller centre that the product uses AES-CBC (256 or 128 bits).",
            "手机号或邮箱无法用签名所用的 Key 解密。请核对 Key，并在卖家中心确认商品使用 AES-CBC（256 或 128 位）。",
        ),
        "signature.nonce_replayed" => (
            "The same call came twice. Nothing was done a second time. When it happens often, a proxy in between repeats requests: switch its retries off.",
            "同一请求到达了两次，未重复处理。若经常出现，说明中间代理在重试请求，请关闭其重试。",
        ),
        "request.not_an_object"
        | "request.field_missing"
        | "request.field_kind"
        | "request.field_value"
        | "request.field_count"
        | "request.field_length" => (
            "The call is signed properly, but its body does not follow the interface document. In the seller centre, check the parameters of the debug case.",
            "签名正确，但请求体不符合接口文档。请在卖家中心检查调试用例的参数。",
        ),
        "unknown_instance" => (
            "The store asks about an instance that this merchant never opened. Look whether it belongs to another merchant or to an older system; import is not needed when the instance was only a debug case.",
            "云商店查询了本商家未开通过的实例。请确认它是否属于其他商家或旧系统；若只是调试用例可忽略。",
        ),
        "instance_released" => (
            "The instance is gone for good; the store may not change it any more. Ask the store's support when the buyer still pays for it.",
            "实例已释放，不能再变更。若买家仍在付费，请联系云商店支持。",
        ),
        "provisioning_failed" => (
            "The app or a person said that it cannot be opened. Filling in the app information on the instance's page repairs it.",
            "应用或人工已标记为开通失败。在实例页面填写应用信息即可恢复。",
        ),
        "instance_not_ready" => (
            "The app has not handed out its information yet. Look at the delivery of the instance, or fill the information in by hand.",
            "应用尚未返回应用信息。请查看该实例的投递，或人工填写。",
        ),
        "order_conflict" => (
            "The same order came before with another content. The first one counts. Compare both callbacks and ask the store which is right.",
            "同一订单此前的内容不同，以第一次为准。请对比两次回调并向云商店确认。",
        ),
        "change_refused" => (
            "Your app, or the connector's setting, does not allow the change. Nothing has to be done unless it should have been allowed.",
            "您的应用或连接器设置不允许该变更。除非本应允许，否则无需处理。",
        ),
        _ => ("", ""),
    };
    language.pick(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::rules::Refusal;
    use mercer_protocol::saas_v1::auth_token::Refusal as TokenRefusal;
    use mercer_protocol::saas_v2::signature::Refusal as SignatureRefusal;

    #[test]
    fn every_named_refusal_has_advice_in_both_languages() {
        let signature = [
            SignatureRefusal::MissingTimestamp,
            SignatureRefusal::MalformedTimestamp,
            SignatureRefusal::StaleTimestamp { age_ms: 0, window_seconds: 0 },
            SignatureRefusal::MissingNonce,
            SignatureRefusal::OversizedNonce,
            SignatureRefusal::MissingSignature,
            SignatureRefusal::WrongSignature,
            SignatureRefusal::ReplayedNonce,
        ];
        let instance = [
            Refusal::UnknownInstance,
            Refusal::Released,
            Refusal::ProvisioningFailed,
            Refusal::NotReady,
            Refusal::OrderConflict,
            Refusal::ChangeRefused,
        ];
        let token = [
            TokenRefusal::MissingToken,
            TokenRefusal::MissingTimestamp,
            TokenRefusal::MalformedTimestamp,
            TokenRefusal::StaleTimestamp { age_ms: 0, window_seconds: 0 },
            TokenRefusal::WrongToken,
        ];
        let named = ["request.field_undecryptable", "query.bad_escape", "query.not_utf8"].into_iter();
        let codes =
            named.chain(token.iter().map(TokenRefusal::code)).chain(signature.iter().map(SignatureRefusal::code));
        let codes = codes.chain(instance.into_iter().map(Refusal::code));
        for code in codes {
            for language in Language::ALL {
                assert!(!advice(code, language).is_empty(), "{code}");
            }
        }
    }
}
