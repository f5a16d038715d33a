//! What surrounds a page of the store: the shell with the sections of a desk, and the store's clock.

use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::{Face, NavItem, Shell, Visit};

use super::clock::ClockLine;
use super::desk::{Buyer, Side, Staff, Visitor};
use crate::Core;

mercer_kernel::messages! {
    /// Names of the sections.
    struct Sections;
    shop => "Shop", "商店";
    my_orders => "My orders", "我的订单";
    my_services => "My services", "已购服务";
    my_enterprises => "Enterprises", "企业";
    seller_centre => "Seller centre", "卖家中心";
    operations => "Operator pages", "运营管理";
    overview => "Overview", "概览";
    products => "Products", "商品管理";
    orders => "Orders", "订单管理";
    instances => "Instances", "实例";
    messages => "Interface messages", "生产接口消息";
    notices => "In-site messages", "站内信";
    connection => "Connection", "对接配置";
    keys => "Access keys", "密钥管理";
    addresses => "Production addresses", "生产地址管理";
    credentials => "AK/SK", "AK/SK 凭证";
    notifications => "Order notification", "订单通知";
    applications => "Application credentials", "应用凭证管理";
    merchants => "Merchants", "商家";
    buyers => "Buyers", "买家";
    store => "Store", "商店设置";
    clock => "Clock", "时钟";
    settings => "Settings", "站点设置";
}

/// The shell and the clock of a page.
pub(super) struct Frame {
    pub(super) shell: Shell,
    pub(super) clock: ClockLine,
}

impl Visitor {
    /// The frame of a public page.
    pub(super) fn frame(self, core: &Core) -> Frame {
        shop_frame(core, self.visit, self.account.as_ref())
    }
}

impl Buyer {
    /// The frame of a buyer's page.
    pub(super) fn frame(self, core: &Core) -> Frame {
        shop_frame(core, self.visit, Some(&self.account))
    }
}

impl Staff {
    /// The frame of a staff page.
    pub(super) fn frame(self, core: &Core) -> Frame {
        let names = Sections(self.visit.language);
        let path = |rest: &str| format!("{}{rest}", self.side.base());
        let sections = match self.side {
            Side::Seller => vec![
                NavItem::new(path(""), names.overview()).under(names.seller_centre()),
                NavItem::new(path("/products"), names.products()),
                NavItem::new(path("/orders"), names.orders()),
                NavItem::new(path("/messages"), names.messages()),
                NavItem::new(path("/notices"), names.notices()),
                NavItem::new(path("/keys"), names.keys()).under(names.connection()),
                NavItem::new(path("/addresses"), names.addresses()),
                NavItem::new(path("/credentials"), names.credentials()),
                NavItem::new(path("/notifications"), names.notifications()),
                NavItem::new(path("/applications"), names.applications()),
                NavItem::new("/", names.shop()).under(names.store()),
            ],
            Side::Operator => vec![
                NavItem::new(path(""), names.overview()).under(names.operations()),
                NavItem::new(path("/merchants"), names.merchants()),
                NavItem::new(path("/buyers"), names.buyers()),
                NavItem::new(path("/orders"), names.orders()),
                NavItem::new(path("/instances"), names.instances()),
                NavItem::new(path("/messages"), names.messages()),
                NavItem::new(path("/clock"), names.clock()).under(names.store()),
                NavItem::new(path("/settings"), names.settings()),
                NavItem::new("/", names.shop()),
            ],
        };
        let clock = ClockLine::of(core, &self.visit, Some(&self.account));
        let shell = Shell::new(self.visit, Face::Store).signed_in(&self.account).with_navigation(sections);
        Frame { shell, clock }
    }
}

fn shop_frame(core: &Core, visit: Visit, account: Option<&Account>) -> Frame {
    let names = Sections(visit.language);
    let mut sections = vec![NavItem::new("/", names.shop())];
    match account.map(|account| account.role) {
        Some(Role::Buyer) => {
            sections.push(NavItem::new("/orders", names.my_orders()));
            sections.push(NavItem::new("/services", names.my_services()));
            sections.push(NavItem::new("/enterprises", names.my_enterprises()));
        }
        Some(Role::Seller) => sections.push(NavItem::new(Side::Seller.base(), names.seller_centre())),
        Some(Role::Operator | Role::Admin) => sections.push(NavItem::new(Side::Operator.base(), names.operations())),
        Some(Role::Viewer) | None => {}
    }
    let clock = ClockLine::of(core, &visit, account);
    let shell = Shell::new(visit, Face::Store).visited_by(account).with_navigation(sections).with_sections_on_top();
    Frame { shell, clock }
}
