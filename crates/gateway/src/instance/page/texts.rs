//! Texts of the instance page. Its reader bought something and knows nothing of gateways.

mercer_kernel::messages! {
    /// Texts of the instance page.
    pub(super) struct Texts;
    opening => "Your service is being opened", "您购买的服务正在开通";
    opening_text => "Your order is safe. Leave this page open: it takes you to your service as soon as it is ready. You can also come back later from the store.", "您的订单已妥善保存。请保持此页面打开，开通完成后将自动进入服务；您也可以稍后从云商店再次进入。";
    steps => "How far it has come", "开通进度";
    step_received => "Order received", "已收到订单";
    step_received_text => "The store passed your order on.", "云商店已转交您的订单。";
    step_handed => "Order handed to the seller's system", "订单转交至商家系统";
    step_handing_text => "Being handed over now.", "正在转交。";
    step_handed_text => "The seller's system has it.", "商家系统已收到。";
    step_unreached_text => "The seller's system does not answer at the moment. We go on trying by ourselves; there is nothing you need to do.", "商家系统暂时没有响应。我们会自动继续尝试，您无需任何操作。";
    next_attempt => "Next attempt", "下次尝试";
    step_account => "Your account is being prepared", "正在准备您的账号";
    step_account_text => "The seller's system, or a person at the seller, is at it.", "商家系统或商家工作人员正在处理。";
    step_account_later => "Follows.", "等待前一步完成。";
    step_ready => "Ready to use", "可以使用";
    step_ready_text => "This page takes you there by itself.", "届时此页面会自动跳转。";
    looks_again(seconds: u64) => "This page looks again every {seconds} seconds.", "此页面每 {seconds} 秒自动刷新。";
    frozen => "Your service is frozen", "您的服务已冻结";
    frozen_text => "It ran out, or the store has stopped it. Your data are kept. Renew it in the store's buyer centre, and it comes back by itself.", "服务已到期或被云商店停用，数据仍然保留。请在云商店买家中心续费，续费后自动恢复。";
    released => "Your service has ended", "您的服务已释放";
    released_text => "It was cancelled or not renewed in time, and is gone for good. You can buy it again in the store.", "服务已退订或逾期未续费，资源已释放且无法恢复。您可以在云商店重新购买。";
    failed => "Your service could not be opened", "您的服务未能开通";
    failed_text => "The seller's system gave this reason:", "商家系统给出的原因：";
    no_reason => "No reason was given.", "未给出原因。";
    ask => "Whom to ask", "咨询方式";
    ask_text(seller: &str) => "Ask the seller, {seller}, or the store's customer service, and name the order. When the seller repairs it, this page takes you to your service.", "请联系商家“{seller}”或云商店客服，并提供订单编号。商家处理后，此页面会带您进入服务。";
    details => "Details", "详细信息";
    seller => "Seller", "商家";
    order => "Order", "订单编号";
    instance => "Instance", "实例编号";
    since => "Ordered", "下单时间";
    expires => "Valid until", "有效期至";
}
