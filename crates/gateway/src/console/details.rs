//! Details of attempts are kept once, in English; here they are told in the reader's language. What comes
//! from elsewhere (an app's own words, an operating system's) stays as it is. Pure.

use mercer_kernel::web::Language;

/// What follows the known beginning of a detail.
enum Rest {
    /// It belongs to the sentence and is told with it.
    Dropped,
    /// It is a value and stays.
    Kept,
}

/// Beginning in English, the same in Chinese, and what to do with the rest.
const TOLD: [(&str, &str, Rest); 16] = [
    ("waits for a person to fill in the information", "等待人工填写应用信息", Rest::Dropped),
    ("the app completes later by the management API", "应用稍后通过管理接口补充信息", Rest::Dropped),
    ("the app answered with HTTP ", "应用返回 HTTP ", Rest::Kept),
    ("the app answered 410 Gone", "应用返回 410 Gone", Rest::Dropped),
    ("the app refused", "应用拒绝", Rest::Dropped),
    ("frontEndUrl is missing", "缺少 frontEndUrl；如需稍后补充，请返回 202", Rest::Dropped),
    ("the answer is not the JSON of the app information", "响应不是应用信息 JSON", Rest::Dropped),
    ("the connector has no valid webhook secret", "连接器没有有效的签名密钥", Rest::Dropped),
    ("no connector serves product", "没有连接器负责该商品，也没有默认连接器", Rest::Dropped),
    ("the pool has no free account", "账号池没有可用账号，请导入", Rest::Dropped),
    ("the merchant's link to the store is not configured", "尚未配置云商店连接，请在“密钥与地址”中填写", Rest::Dropped),
    ("the instance does not exist", "实例不存在", Rest::Dropped),
    ("the program was ended by a signal", "程序被信号终止", Rest::Dropped),
    ("the program gave no information yet", "程序尚未返回信息", Rest::Dropped),
    ("exit code ", "退出码 ", Rest::Kept),
    ("query order: ", "查询订单：", Rest::Kept),
];

/// A detail as a sentence in the reader's language; empty stays empty.
pub(super) fn detail(text: &str, language: Language) -> String {
    let told = told(text, language);
    let mut characters = told.chars();
    match (characters.next(), told.chars().next_back()) {
        (Some(first), Some(last)) => {
            let stop = if matches!(last, '.' | '。' | '!' | '?' | '…') { "" } else { language.pick(".", "。") };
            format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
        }
        _ => told,
    }
}

fn told(text: &str, language: Language) -> String {
    let told = |(start, told, rest): &(&str, &str, Rest)| {
        let following = text.strip_prefix(start)?;
        Some(match rest {
            Rest::Dropped => (*told).to_owned(),
            Rest::Kept => format!("{told}{following}"),
        })
    };
    match language {
        Language::En => text.to_owned(),
        Language::Zh => TOLD.iter().find_map(told).unwrap_or_else(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(detail("", Language::En), "");
    }

    #[test]
    fn known_details_are_told_in_chinese_and_values_stay() {
        assert_eq!(detail("the app answered with HTTP 503", Language::Zh), "应用返回 HTTP 503。");
        assert_eq!(
            detail("no connector serves product 'p' (SKU 's') and …", Language::Zh),
            "没有连接器负责该商品，也没有默认连接器。"
        );
        assert_eq!(detail("连接超时", Language::Zh), "连接超时。");
        assert_eq!(detail("exit code 3: boom", Language::En), "Exit code 3: boom.");
    }
}
