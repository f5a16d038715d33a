//! Texts of the delivery pages.

mercer_kernel::messages! {
    /// Texts of the list, of one delivery, and of sending a window again.
    pub(super) struct Texts;
    title => "Deliveries", "投递";
    lead => "Events on their way to your app, in order per instance, tried again until it takes them.", "发送给您应用的事件：同一实例按顺序投递，失败自动重试。";
    event => "Event", "事件";
    event_type => "Event type", "事件类型";
    attempts => "Attempts", "尝试次数";
    next => "Next attempt", "下次尝试";
    written => "Written", "生成时间";
    finished => "Finished", "完成时间";
    last_attempt => "Latest attempt", "最近尝试";
    none_title => "No event yet", "还没有事件";
    none_text => "An event is written with every state change of an instance, and delivered by the connector that serves its product.", "实例每次状态变化都会生成一个事件，由负责该商品的连接器投递给应用。";
    none_action => "Look at the connectors", "查看连接器";
    window => "Send a time window again", "重发时间段内的投递";
    window_text => "After the app was away, or lost data: everything written in this window that stands in the chosen state. First you see how many there are.", "应用中断或数据丢失后使用：重发该时间段内处于所选状态的全部投递。提交前会先显示数量。";
    window_count => "Count them", "统计数量";
    window_title => "Send a time window again", "重发时间段内的投递";
    window_found(count: u64) => "Deliveries in this window: {count}. The app recognises each by its webhook-id.", "该时间段内共有 {count} 条投递。应用可通过 webhook-id 识别重复。";
    window_none => "No delivery stands in this window. Nothing would be sent.", "该时间段内没有符合条件的投递，不会发送任何内容。";
    window_limit => "At most 1000 are sent at once, the rest needs another turn.", "一次最多重发 1000 条，其余请再次操作。";
    window_send(count: u64) => "Send {count} again", "重发 {count} 条";
    window_sent(count: usize) => "Deliveries sent again: {count}.", "已重新投递 {count} 条。";
    window_back => "Back to the list", "返回列表";
    resend => "Send again now", "立即重发";
    resend_text => "Also when it was delivered: the app recognises it by the same webhook-id.", "已送达的也可重发，应用可通过相同的 webhook-id 识别。";
    resent => "It is sent again now.", "已重新投递。";
    one_title(event: &str) => "Delivery: {event}", "投递：{event}";
    facts => "Delivery", "投递信息";
    id => "Event id (webhook-id)", "事件 ID（webhook-id）";
    first_attempt => "First attempt", "首次尝试";
    no_attempts => "No attempt yet", "尚未尝试";
    no_attempts_text => "It waits for an earlier event of the same instance, or for its turn.", "正在等待同一实例的前一个事件，或等待调度。";
    attempt(number: u32) => "Attempt {number}", "第 {number} 次";
    took(took: &str) => "took {took}", "用时 {took}";
    http(status: u16) => "HTTP {status}", "HTTP {status}";
    delivered => "taken", "已接收";
    pending => "not ready yet", "尚未就绪";
    retry => "failed, tried again", "失败，将重试";
    given_up => "failed for good", "最终失败";
    sent => "What was sent", "发送内容";
    received => "What came back", "返回内容";
    payload => "What is to be told", "待通知内容";
    cancelled => "Why it was cancelled", "取消原因";
}
