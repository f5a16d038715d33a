//! Texts of the console's frame, and words that several pages use.

mercer_kernel::messages! {
    /// Texts of the navigation.
    pub(super) struct NavigationTexts;
    overview => "Overview", "总览";
    instances => "Instances", "实例";
    accounts => "Accounts", "账号";
    callbacks => "Callbacks", "回调";
    deliveries => "Deliveries", "投递";
    connectors => "Connectors", "连接器";
    keys => "Keys and addresses", "密钥与地址";
    merchants => "Merchants", "商家";
    work => "Operations", "运营";
    setup => "Set-up", "接入配置";
    merchant => "Merchant", "商家";
    switch => "Switch", "切换";
    path => "Where you are", "当前位置";
}

mercer_kernel::messages! {
    /// Words that several pages use.
    pub(super) struct CommonTexts;
    all => "All", "全部";
    state => "State", "状态";
    instance => "Instance", "实例";
    order => "Order", "订单";
    product => "Product", "商品";
    search => "Search", "搜索";
    filter => "Filter", "筛选";
    clear => "Clear filters", "清除筛选";
    from => "From", "开始时间";
    to => "To", "结束时间";
    beijing => "Beijing time", "北京时间";
    when => "Time", "时间";
    save => "Save", "保存";
    cancel => "Cancel", "取消";
    details => "Details", "详情";
    request => "Request", "请求";
    answer => "Answer", "响应";
    reason => "Reason", "原因";
    none => "–", "–";
    yes => "Yes", "是";
    no => "No", "否";
    nothing_matches => "Nothing matches these filters", "没有符合条件的记录";
    nothing_matches_hint => "Take a filter away, or look for a shorter part of the id.", "请减少筛选条件，或用更短的编号片段搜索。";
    wrong_filter => "A filter cannot be used and was left out", "部分筛选条件无效，已忽略";
    read_only => "Your role may look but not change anything.", "您的角色只能查看，不能修改。";
}
