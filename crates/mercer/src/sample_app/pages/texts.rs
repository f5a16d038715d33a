//! The texts of the sample app.

use mercer_kernel::web::Language;

use super::super::rules::{Account, State};
use super::super::switches::Mood;

mercer_kernel::messages! {
    /// The texts of the sample app.
    pub(super) struct Texts;
    name => "Tea Notes", "茶记";
    lead => "A small sample application behind the gateway.", "网关背后的一个小示例应用。";
    user => "User name", "账号";
    password => "Password", "密码";
    log_in => "Log in", "登录";
    where_from => "Account and password stand in the store under \"My services\".", "账号与密码在云商店「已购服务」中。";
    wrong => "User name or password is wrong.", "账号或密码不正确。";
    gone => "This instance was released; its account is gone.", "该实例已释放，账号已不存在。";
    greeting(who: &str) => "Welcome, {who}", "您好，{who}";
    frozen_notice => "This instance is frozen: everything is read-only until it is renewed.", "该实例已冻结：续费前只能查看，不能写入。";
    notes => "Notes", "笔记";
    new_note => "New note", "新笔记";
    save => "Save", "保存";
    no_notes => "No notes yet. Write the first one.", "还没有笔记，写下第一条吧。";
    plan => "Your plan", "您的套餐";
    state => "State", "状态";
    active => "Active", "使用中";
    frozen => "Frozen", "已冻结";
    released => "Released", "已释放";
    trial => "Trial", "试用";
    product => "Specification", "规格";
    seats => "Seats", "席位";
    expires => "Valid until", "到期时间";
    order => "Order", "订单";
    instance => "Instance", "实例";
    told => "What the gateway told this app", "网关通知过本应用的事件";
    team => "Enterprises", "企业与成员";
    team_lead => "Joint products: the enterprises bound to this instance and who may use it, as the gateway told.", "联营商品：绑定到本实例的企业，以及网关通知的可用成员。";
    no_tenants => "No enterprise is bound to this instance.", "本实例没有绑定企业。";
    no_members => "No member was authorised yet.", "尚未授权成员。";
    domain => "Sign-in domain", "登录域名";
    client => "OAuth client", "OAuth 客户端";
    departments => "Departments", "部门数";
    department => "Department", "部门";
    member => "Name", "姓名";
    role => "Role", "角色";
    admin => "Administrator", "管理员";
    ordinary => "Member", "普通成员";
    may_enter => "May enter", "可使用";
    barred => "Kept out", "已停用";
    orders => "Orders the store notified of", "收到的订单通知";
    order_type => "Type", "类型";
    told_at => "Told", "通知时间";
    switches => "Switches", "开关";
    switches_lead => "Make this app slow or unwilling, and watch how the gateway and the store cope.", "让本应用变慢或出错，看看网关与云商店如何应对。";
    behaviour => "How events are answered", "如何应答事件";
    delay => "Wait before answering, in milliseconds", "应答前等待（毫秒）";
    set => "Set", "设置";
    set_done => "Set. The next event is answered that way.", "已设置，下一个事件起生效。";
    waiting => "Accounts answered with 202", "以 202 应答、等待完成的账号";
    nothing_waits => "Nothing waits. Choose \"later\" and buy something.", "没有等待项。选择「稍后完成」再购买试试。";
    complete => "Hand out now", "现在交付";
    completed => "The gateway has the account now.", "账号已交给网关。";
    not_completed(reason: &str) => "The gateway did not take it: {reason}", "网关未接受：{reason}";
    accounts => "Accounts", "账号";
    no_accounts => "No accounts yet. Buy something in the store.", "还没有账号，去云商店买一个商品吧。";
    mood_normal => "normal: open the account at once", "正常：立即开户";
    mood_later => "later: answer 202, hand the account out on this page", "稍后完成：应答 202，在本页交付";
    mood_fail => "fail: answer 500", "出错：应答 500";
    mood_down => "down: answer 503", "宕机：应答 503";
    mood_refuse => "refuse for good: answer 422", "明确拒绝：应答 422";
}

impl Texts {
    /// What a mood does.
    pub(super) fn mood(self, mood: Mood) -> &'static str {
        match mood {
            Mood::Normal => self.mood_normal(),
            Mood::Later => self.mood_later(),
            Mood::Fail => self.mood_fail(),
            Mood::Down => self.mood_down(),
            Mood::Refuse => self.mood_refuse(),
        }
    }

    /// Where an account stands.
    pub(super) fn state_name(&self, account: &Account) -> &'static str {
        match account.state {
            State::Active => self.active(),
            State::Frozen => self.frozen(),
            State::Released => self.released(),
        }
    }

    /// A role of the store; its own word for one this app does not know.
    pub(super) fn role_name<'a>(&self, role: &'a str) -> &'a str {
        match role {
            "admin" => self.admin(),
            "user" => self.ordinary(),
            other => other,
        }
    }

    /// What an event was about; the gateway's own word for one this app does not know.
    pub(super) fn event<'a>(&self, kind: &'a str) -> &'a str {
        let short = kind.strip_prefix("mercer.instance.").or(kind.strip_prefix("mercer.")).unwrap_or(kind);
        let Language::Zh = self.0 else { return short };
        match short {
            "created" => "开通",
            "accepted" => "验收通过",
            "renewed" => "续费",
            "trial_converted" => "试用转正",
            "renewal_cancelled" => "退续费",
            "changed" => "续费变更",
            "upgraded" => "升级",
            "frozen" => "冻结",
            "unfrozen" => "解冻",
            "released" => "释放",
            "change_check" => "续费变更校验",
            "tenant.changed" => "企业绑定或变更",
            "tenant.deleted" => "企业解绑",
            "application.changed" => "应用绑定或变更",
            "application.deleted" => "应用解绑",
            "member.authorized" => "成员授权",
            "member.changed" => "成员变更",
            "member.withdrawn" => "取消成员授权",
            "member.deleted" => "删除成员",
            "department.changed" => "部门变更",
            "department.deleted" => "删除部门",
            "departments.synced" => "部门全量同步",
            other => other,
        }
    }
}
