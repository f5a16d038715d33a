//! Texts of the page of keys and addresses.

mercer_kernel::messages! {
    /// Texts of keys, the store link, and the values to paste.
    pub(super) struct Texts;
    title => "Keys and addresses", "密钥与地址";
    lead => "What the store and this gateway know of each other.", "云商店与本网关之间的互认信息。";
    paste => "Values to paste into the store", "填写到云商店的值";
    paste_text => "In the seller centre. Copy each value exactly.", "在卖家中心填写，请逐项准确复制。";
    certified => "Certified address", "认证地址（生产地址管理）";
    certified_hint => "Seller centre → production address management: scheme and host only.", "卖家中心 → 生产地址管理：仅协议与域名。";
    production => "Production address", "生产系统接口地址";
    production_hint => "When publishing a product and in the interface debugger.", "发布商品与接口调试时填写。";
    key_of(kind: &str) => "Access key: {kind}", "访问密钥：{kind}";
    no_key => "There is no valid key for the base interfaces yet. Add one below; until then every call is refused.", "还没有基础接口的有效密钥，所有调用都会被拒绝。请在下方添加。";
    not_https => "The address is not https. A local store takes it; the real one does not. Put the gateway behind a reverse proxy with TLS, or give it certificate files, and set gateway.public_url.", "地址不是 https。本地云商店可以使用，真实云商店不接受。请将网关置于启用 TLS 的反向代理之后，或配置证书文件，并设置 gateway.public_url。";
    not_fitting => "The real store takes only https on a domain name with the default port 443. Set gateway.public_url to such an address.", "真实云商店只接受域名形式、默认端口 443 的 https 地址，请设置 gateway.public_url。";
    keys => "Access keys", "访问密钥";
    keys_text => "The store signs its calls with them. Several may be valid at once, so that a key can be exchanged without a gap.", "云商店用其签名调用。可同时有多个有效密钥，以便平滑更换。";
    kind => "For", "用途";
    key => "Key", "密钥";
    added => "Added", "添加时间";
    last_used => "Last used", "最近使用";
    never_used => "never", "从未使用";
    status => "State", "状态";
    valid => "valid", "有效";
    revoked => "revoked", "已吊销";
    reveal => "Show", "显示";
    reveal_note => "Who looks is recorded.", "查看行为会被记录。";
    revealed => "The key is shown in the clear; this was recorded.", "已显示密钥明文，此次查看已记录。";
    revoke => "Revoke", "吊销";
    revoke_sure => "Revoke this key? Calls signed with it are refused from then on.", "确定吊销？之后用该密钥签名的调用会被拒绝。";
    revoked_notice => "The key was revoked.", "密钥已吊销。";
    add => "Add a key", "添加密钥";
    add_text => "Leave the text empty to have one generated, or enter the one the store shows.", "留空自动生成，或填入云商店提供的密钥。";
    text => "Key text", "密钥内容";
    text_hint => "1 to 256 bytes; empty generates 32 letters and digits.", "1 到 256 字节，留空生成 32 位字母数字。";
    added_notice => "Key added. Copy it now: it is shown unasked for five minutes only.", "密钥已添加，请立即复制：仅在五分钟内直接显示。";
    link => "Store link", "云商店连接";
    link_text => "With it the gateway fetches orders from the store's open APIs, signed by AK/SK. Without it, events carry no order and no buyer.", "网关通过它以 AK/SK 签名调用云商店开放接口查询订单。未配置时事件中没有订单与买家信息。";
    site => "Site", "站点";
    base_url => "Address of the open APIs", "开放接口地址";
    base_url_hint => "Scheme and host; empty takes the documented one of the site.", "协议与域名，留空使用该站点的官方地址。";
    access_key_id => "AK (access key id)", "AK（访问密钥 ID）";
    access_key_hint => "1 to 128 characters", "1 到 128 个字符";
    secret_access_key => "SK (secret access key)", "SK（私有访问密钥）";
    secret_hint_new => "1 to 256 characters", "1 到 256 个字符";
    secret_hint_keep => "Empty keeps the present one.", "留空保持不变。";
    link_saved => "The store link was saved.", "云商店连接已保存。";
    link_missing => "not entered yet", "尚未填写";
    link_updated => "Last change", "最近修改";
}
