//! How a product is delivered: the fields of the form, and the lines of the product's page.

use mercer_kernel::web::Language;

use crate::catalog::{Access, Authorization, Integration};
use crate::console::fields::Fields;
use crate::console::view::{Cell, Choice, Fact, Field};

mercer_kernel::messages! {
    /// Texts of the fields.
    pub(super) struct Texts;
    heading => "Delivery", "交付方式";
    access => "Access", "接入方式";
    access_hint => "Which interfaces of yours the store calls. It cannot be changed later.", "云商店调用您的哪一套接口，发布后不能修改。";
    v2 => "SaaS V2.0 (base interfaces key)", "SaaS V2.0（使用基础接口密钥）";
    v1 => "SaaS V1.0 (V1 Key)", "SaaS V1.0（使用 V1 Key）";
    none => "No interfaces, order notification only (one-time prices)", "不接入接口，仅订单通知（只能按次销售）";
    joint => "Joint operation: application credential", "联营：应用凭证";
    joint_hint => "Enterprises bind a joint product and share it among their members; it needs an application credential.",
                  "企业可绑定联营商品并授权成员使用，须先添加应用凭证。";
    not_joint => "Not a joint product", "非联营商品";
    opening => "Opening", "商品实例开通方式";
    opening_hint => "V1.0 only. After acceptance means: the period begins when the buyer confirms that all is well.",
                    "仅 V1.0。选择验收后开通时，周期从买家确认验收起算。";
    at_payment => "At payment", "用户购买后同步开通";
    after_acceptance => "After the buyer's acceptance", "用户确认验收后开通";
    bits => "Encryption", "加密位数";
    bits_hint => "V1.0 only: how phone, mail, account and password are encrypted.", "仅 V1.0：手机号、邮箱、账号和密码的加密算法。";
    authorization => "What you learn about the buyer", "需要用户授权";
    authorization_hint => "V1.0 only; sent with the purchase. With V2.0 you query the order.", "仅 V1.0，随新购接口发送；V2.0 通过查询订单获得。";
    account_only => "The account only", "不需要";
    iam => "IAM user", "基于 IAM 用户名";
    mobile => "Mobile number (encrypted)", "基于手机号码（加密）";
    email => "Mail address (encrypted)", "基于邮箱（加密）";
}

/// The fields of the form; `apps` are the application credentials of the merchant, id and name.
pub(super) fn fields(sent: &Fields, apps: &[(String, String)], language: Language) -> Vec<Field> {
    let texts = Texts(language);
    let access = Access::ALL.iter().map(|one| Choice::new(one.code(), access_name(*one, language)));
    let bits = ["256", "128"].map(|bits| Choice::new(bits, format!("AES-{bits}-CBC")));
    let authorizations = Authorization::ALL.iter();
    let authorizations = authorizations.map(|one| Choice::new(one.code(), authorization_name(*one, language)));
    let opening = [("", texts.at_payment()), ("yes", texts.after_acceptance())];
    let joint = std::iter::once(Choice::new("", texts.not_joint()));
    let joint = joint.chain(apps.iter().map(|(app_id, name)| Choice::new(app_id, format!("{name} ({app_id})"))));
    vec![
        Field::line("access", texts.access(), sent.text("access")).select(access.collect()).hint(texts.access_hint()),
        Field::line("appId", texts.joint(), sent.text("appId")).select(joint.collect()).hint(texts.joint_hint()),
        Field::line("acceptance", texts.opening(), sent.text("acceptance"))
            .select(opening.map(|(value, label)| Choice::new(value, label)).into())
            .hint(texts.opening_hint()),
        Field::line("encryptionBits", texts.bits(), sent.text("encryptionBits"))
            .select(bits.into())
            .hint(texts.bits_hint()),
        Field::line("authorization", texts.authorization(), sent.text("authorization"))
            .select(authorizations.collect())
            .hint(texts.authorization_hint()),
    ]
}

/// Reads what was sent; the catalogue checks whether it goes together.
pub(super) fn read(sent: &Fields) -> Integration {
    let standard = Integration::default();
    let app_id = sent.some("appId");
    Integration {
        access: sent.code("access").unwrap_or(standard.access),
        joint: app_id.is_some(),
        app_id,
        acceptance: !sent.text("acceptance").is_empty(),
        encryption_bits: sent.text("encryptionBits").parse().unwrap_or(standard.encryption_bits),
        authorization: sent.code("authorization").unwrap_or(standard.authorization),
    }
}

/// The lines of a product's page.
pub(super) fn facts(integration: &Integration, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![Fact::text(texts.access(), access_name(integration.access, language))];
    if let Some(app_id) = &integration.app_id {
        facts.push(Fact::new(texts.joint(), Cell::Code(app_id.clone())));
    }
    if integration.access == Access::SaasV1 {
        let opening = if integration.acceptance { texts.after_acceptance() } else { texts.at_payment() };
        facts.push(Fact::text(texts.opening(), opening));
        facts.push(Fact::text(texts.bits(), format!("AES-{}-CBC", integration.encryption_bits)));
        facts.push(Fact::text(texts.authorization(), authorization_name(integration.authorization, language)));
    }
    facts
}

fn access_name(access: Access, language: Language) -> &'static str {
    let texts = Texts(language);
    match access {
        Access::SaasV2 => texts.v2(),
        Access::SaasV1 => texts.v1(),
        Access::None => texts.none(),
    }
}

fn authorization_name(authorization: Authorization, language: Language) -> &'static str {
    let texts = Texts(language);
    match authorization {
        Authorization::None => texts.account_only(),
        Authorization::Iam => texts.iam(),
        Authorization::Mobile => texts.mobile(),
        Authorization::Email => texts.email(),
    }
}
