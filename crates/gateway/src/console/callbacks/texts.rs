//! Texts of the callback pages.

mercer_kernel::messages! {
    /// Texts of the list and of one callback.
    pub(super) struct Texts;
    title => "Callbacks", "回调";
    lead => "Everything the store called on your production address, with what was answered.", "云商店对您生产地址的每次调用及应答。";
    activity => "Interface", "接口";
    verdict => "Verdict", "处理结果";
    code => "Result code", "结果码";
    text => "Instance or order", "实例或订单编号";
    text_hint => "Part of an id", "编号的一部分";
    change => "State", "状态变化";
    test => "Debug", "调试";
    none_title => "The store has not called yet", "云商店尚未调用";
    none_text => "Paste the production address and the access key into the seller centre and run its debugger. Every call appears here within a second, also those that are refused.", "请将生产地址和访问密钥填写到卖家中心并进行接口调试。每次调用（包括被拒绝的）都会立即出现在这里。";
    none_action => "Values for the store", "填写到云商店的值";
    one_title(what: &str) => "{what}", "{what}";
    what_happened => "What came of it", "处理结果";
    received => "Received", "收到时间";
    protocol => "Protocol", "协议";
    event => "Event for the app", "通知应用的事件";
    why => "Why it was refused", "拒绝原因";
    to_do => "What to do", "处理建议";
    signature => "Signature", "签名校验";
    signed_raw => "The signature fits the body as it was received.", "签名与收到的原始请求体一致。";
    signed_canonical => "The signature fits the canonical form of the body (sorted, without nulls).", "签名与规范化后的请求体（排序、去除空值）一致。";
    signed_form_decoded => "The token fits the form-decoded values of the query (a plus is a blank).", "authToken 与按表单解码（加号视为空格）的参数值一致。";
    signed_plus_kept => "The token fits the values of the query with plus kept as it is.", "authToken 与保留加号的参数值一致。";
    signed => "The signature fits.", "签名一致。";
    signed_wrong => "The signature does not fit with this key.", "使用该密钥计算的签名不一致。";
    no_key => "No valid access key is left to compute it with.", "没有有效的访问密钥可用于计算。";
    not_fitting_now => "Timestamp or nonce made the call invalid, whatever its signature.", "时间戳或随机数无效，与签名本身无关。";
    with_key => "Key", "密钥";
    canonical => "Canonical string (key masked)", "待签名串（密钥已隐藏）";
    expected => "Signature computed here", "本地计算的签名";
    presented => "Signature in the call", "请求中的签名";
    no_signature => "(none)", "（无）";
    mistake => "Looks like this mistake", "疑似错误";
    request => "Request as received", "收到的请求";
    query => "Query", "查询参数";
    body => "Body", "请求体";
    body_empty => "(empty)", "（空）";
    our_answer => "Our answer", "我们的应答";
    curl => "As curl", "curl 命令";
    curl_note => "The signature is valid for a minute and its nonce once: sent again it is refused as stale or as a replay, which is right. Sign anew with `mercer sign v2`.", "签名一分钟内有效，且 nonce 只能使用一次：重复发送会因过期或重放被拒绝，属正常现象。请用 `mercer sign v2` 重新签名。";
    meaning(code: &str, meaning: &str) => "{code}: {meaning}", "{code}：{meaning}";
}
