//! Texts of the instance pages.

mercer_kernel::messages! {
    /// Texts of the list and of one instance.
    pub(super) struct Texts;
    title => "Instances", "实例";
    lead => "What the orders of the store opened at your app.", "云商店订单在您的应用中开通的实例。";
    text => "Instance, order, product or SKU", "实例、订单、商品或规格编号";
    text_hint => "Part of an id", "编号的一部分";
    product => "Product or SKU", "商品或规格";
    product_exact => "Product id or SKU code", "商品 ID 或规格编码";
    seats => "Seats", "数量";
    expires => "Expires", "到期时间";
    created => "First call", "首次调用";
    trial => "Trial", "试用";
    none_title => "No instance yet", "还没有实例";
    none_text => "An instance appears when the store calls newInstance on your production address. Paste the address and key into the seller centre, then place an order or run the debugger.", "云商店在您的生产地址上调用 newInstance 后，实例会出现在这里。请将生产地址和密钥填写到卖家中心，然后下单或调试接口。";
    none_action => "Values for the store", "填写到云商店的值";
    never => "never", "不到期";
    unknown => "not known yet", "尚未知";
    facts => "Instance", "实例信息";
    charging => "Charging", "计费方式";
    order_line => "Order line", "订单行";
    sku => "SKU", "规格";
    changed => "Last change", "最近变更";
    failure => "Why it failed", "失败原因";
    of_order(order: &str) => "of order {order}", "订单 {order}";
    app_info => "App information for the buyer", "提供给买家的应用信息";
    no_app_info => "The app has not handed it out yet. The store keeps asking until it comes.", "应用尚未返回，云商店会持续查询。";
    front_end_url => "App address", "应用地址";
    admin_url => "Admin address", "管理地址";
    user_name => "Account", "账号";
    password => "Initial password", "初始密码";
    memo => "Remark", "备注";
    buyer => "Buyer", "买家";
    no_buyer => "Known once the order has been fetched from the store.", "从云商店查询订单后可见。";
    customer => "Customer", "客户";
    customer_id => "Customer id", "客户 ID";
    real_name => "Real name", "实名";
    mobile => "Mobile phone", "手机号";
    email => "Email", "邮箱";
    buyer_user => "User", "用户名";
    reveal => "Show in the clear", "显示明文";
    reveal_note => "Who looks is recorded.", "查看行为会被记录。";
    revealed => "Shown in the clear; this was recorded.", "已显示明文，此次查看已记录。";
    hide => "Hide again", "重新隐藏";
    fill_in => "Fill in the app information by hand", "人工填写应用信息";
    fill_in_text => "For a manual connector, or when the app cannot answer itself. The buyer sees it after the store's next query.", "用于人工连接器，或应用无法自行返回时。云商店下次查询后买家即可看到。";
    change_info => "Change the app information", "修改应用信息";
    url_hint => "http or https, at most 512 characters", "http 或 https 地址，最多 512 个字符";
    account_hint => "At most 128 characters", "最多 128 个字符";
    memo_hint => "At most 1024 characters", "最多 1024 个字符";
    saved => "The app information was saved. The store gets it with its next query.", "应用信息已保存，云商店下次查询时获取。";
    fail => "Mark as failed", "标记为开通失败";
    fail_text => "When it cannot be opened. The store shows the reason, unsubscribes the order and refunds.", "无法开通时使用。云商店会显示原因，并退订退款。";
    fail_reason => "Reason for the buyer", "给买家的原因";
    fail_hint => "1 to 255 characters", "1 到 255 个字符";
    fail_sure => "Mark this instance as failed? The buyer gets the money back.", "确定标记为开通失败？订单将退款。";
    failed => "The instance was marked as failed.", "实例已标记为开通失败。";
    timeline => "What happened", "时间线";
    timeline_text => "Oldest first. Times are Beijing time, with UTC beside them.", "从早到晚排列，时间为北京时间，并附 UTC。";
    timeline_empty => "Nothing is recorded yet.", "暂无记录。";
    its_callbacks => "Its callbacks", "相关回调";
    its_deliveries => "Its deliveries", "相关投递";
}

mercer_kernel::messages! {
    /// Sentences of the timeline.
    pub(super) struct Story;
    called(what: &str) => "The store called: {what}", "云商店调用：{what}";
    called_test(what: &str) => "The store's debugger called: {what}", "云商店调试调用：{what}";
    asked_often(times: usize) => "The store asked {times} times whether it is open", "云商店查询了 {times} 次是否开通";
    until(when: &str) => "The last time at {when} (Beijing time).", "最后一次：{when}（北京时间）。";
    answered(code: &str, meaning: &str) => "Answered {code}: {meaning}.", "应答 {code}：{meaning}。";
    for_order(order: &str) => "For order {order}.", "订单 {order}。";
    repeated => "It had taken effect before; nothing changed.", "此前已生效，未重复处理。";
    unchanged => "Nothing was changed.", "未作任何更改。";
    written(event: &str) => "Event for the app: {event}", "通知应用：{event}";
    stands(state: &str) => "Now: {state}.", "当前状态：{state}。";
    next_attempt(when: &str) => "Next attempt at {when} (Beijing time).", "下次尝试：{when}（北京时间）。";
    delivered(attempt: u32) => "Attempt {attempt}: the app took it", "第 {attempt} 次投递：应用已接收";
    not_yet(attempt: u32) => "Attempt {attempt}: not yet", "第 {attempt} 次投递：尚未就绪";
    not_taken(attempt: u32) => "Attempt {attempt} failed", "第 {attempt} 次投递失败";
    not_taken_often(first: u32, last: u32) => "Attempts {first} to {last} failed the same way", "第 {first} 至 {last} 次投递因同样原因失败";
    given_up(attempt: u32) => "Attempt {attempt} failed for good", "第 {attempt} 次投递最终失败";
    http(status: u16, took: &str) => "The app answered HTTP {status} after {took}.", "应用返回 HTTP {status}，用时 {took}。";
    took(took: &str) => "It took {took}.", "用时 {took}。";
    revealed(who: &str) => "{who} looked at the account and the buyer in the clear", "{who} 查看了账号和买家明文";
    entered(who: &str) => "{who} entered the app information", "{who} 填写了应用信息";
    marked_failed(who: &str) => "{who} marked it as failed", "{who} 标记为开通失败";
    resent(who: &str) => "{who} sent it again", "{who} 重新投递";
    changed_set_up(who: &str) => "{who} changed the set-up", "{who} 修改了配置";
    see_callback => "Request and answer", "请求与应答";
    see_delivery => "All attempts", "全部尝试";
    see_callbacks => "All of them", "全部查询";
    sent => "What was sent", "发送内容";
    received => "What came back", "返回内容";
    utc => "UTC", "UTC";
}
