//! A person in front of a browser: Chromium, driven by chromedriver.

use std::process::Stdio;
use std::time::Duration;

use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::folder::Folder;
use super::wait::found_within;

/// A page is there well within it; the order's page looks every two seconds.
const APPEARS_WITHIN: Duration = Duration::from_secs(20);
const MISSING: &str = "chromedriver cannot be started. Install Chromium and its driver \
    (Debian: apt-get install chromium chromium-driver fonts-noto-cjk), or run ./dev test, which does";
/// As in a container; and nothing that looks for updates or answers of its own.
const OPTIONS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
];

/// What a person does and sees.
#[derive(Debug, Clone)]
pub(crate) struct Person(WebDriver);

/// Lets a person who reads `language` (`zh-CN`, `en`) do something in a fresh browser, which is closed at the
/// end, whatever happens.
///
/// # Panics
/// When there is no browser, and when the story panics.
pub(crate) async fn with_browser<F>(language: &str, story: impl FnOnce(Person) -> F)
where
    F: Future<Output = ()> + 'static,
{
    let profile = Folder::new("browser");
    let (driver_process, url) = start_driver().await;
    let mut wishes = DesiredCapabilities::chrome();
    let told = OPTIONS.iter().map(ToString::to_string).chain([
        format!("--user-data-dir={}", profile.path().display()),
        format!("--lang={language}"),
        format!("--accept-lang={language}"),
    ]);
    for option in told {
        wishes.add_arg(&option).expect("an option is a text");
    }
    let driver = match WebDriver::new(url, wishes).await {
        Ok(driver) => driver,
        Err(error) => panic!("Chromium does not start: {error}. {MISSING}"),
    };
    // In a task of its own, so that the browser is closed when the story fails.
    let story = story(Person(driver.clone()));
    let told = tokio::task::LocalSet::new().run_until(async { tokio::task::spawn_local(story).await }).await;
    let closed = driver.quit().await;
    drop(driver_process);
    if let Err(failed) = told {
        std::panic::resume_unwind(failed.into_panic());
    }
    closed.expect("the browser can be closed");
}

impl Person {
    /// Types an address.
    pub(crate) async fn goes_to(&self, url: &str) {
        self.0.goto(url).await.expect("the browser takes addresses");
    }

    /// Clicks on what this CSS selector finds, as soon as it is there.
    pub(crate) async fn clicks(&self, selector: &str) {
        let click = async || self.0.find(By::Css(selector)).await.ok()?.click().await.ok();
        self.expect(&format!("{selector} to click on"), click).await;
    }

    /// Chooses the radio button with this value by its label.
    pub(crate) async fn chooses(&self, value: &str) {
        let label = format!("//label[input[@type='radio' and @value='{value}']]");
        let click = async || self.0.find(By::XPath(label.as_str())).await.ok()?.click().await.ok();
        self.expect(&format!("the choice {value}"), click).await;
    }

    /// Types into a field, over what is there.
    pub(crate) async fn types(&self, selector: &str, text: &str) {
        let write = async || {
            let field = self.0.find(By::Css(selector)).await.ok()?;
            field.clear().await.ok()?;
            field.send_keys(text).await.ok()
        };
        self.expect(&format!("{selector} to type into"), write).await;
    }

    /// Reads what this CSS selector finds, as soon as there is something to read.
    pub(crate) async fn reads(&self, selector: &str) -> String {
        let read = async || {
            let text = self.0.find(By::Css(selector)).await.ok()?.text().await.ok()?;
            (!text.is_empty()).then_some(text)
        };
        self.expect(&format!("{selector} to read"), read).await
    }

    /// Sees these words in what this CSS selector finds.
    pub(crate) async fn sees_in(&self, selector: &str, words: &str) {
        let look = async || {
            let text = self.0.find(By::Css(selector)).await.ok()?.text().await.ok()?;
            text.contains(words).then_some(())
        };
        self.expect(&format!("'{words}' in {selector}"), look).await;
    }

    /// Sees these words on the page.
    pub(crate) async fn sees(&self, words: &str) {
        self.sees_in("body", words).await;
    }

    /// The attribute of what this CSS selector finds.
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> String {
        let read = async || self.0.find(By::Css(selector)).await.ok()?.attr(name).await.ok()?;
        self.expect(&format!("{selector} with {name}"), read).await
    }

    /// Is on a page whose address contains this.
    pub(crate) async fn is_at(&self, part: &str) {
        let look = async || self.0.current_url().await.ok()?.as_str().contains(part).then_some(());
        self.expect(&format!("an address with {part}"), look).await;
    }

    /// Turns to the tab that was opened last.
    pub(crate) async fn turns_to_the_new_tab(&self) {
        let here = self.0.window().await.expect("there is a window");
        let turn = async || {
            let all = self.0.windows().await.ok()?;
            let new = all.into_iter().find(|window| *window != here)?;
            self.0.switch_to_window(new).await.ok()
        };
        self.expect("a new tab", turn).await;
    }

    async fn expect<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        if let Some(found) = found_within(APPEARS_WITHIN, look).await {
            return found;
        }
        let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser.png");
        // A picture that cannot be taken must not hide what failed.
        let _ = self.0.screenshot(&picture).await;
        let url = self.0.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let source = match self.0.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        panic!("no {what} at {url}, see {}\n{source}", picture.display());
    }
}

/// Starts chromedriver on a free port.
async fn start_driver() -> (Child, String) {
    let started = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => panic!("{error}: {MISSING}"),
    };
    let mut lines = BufReader::new(child.stdout.take().expect("its output was asked for")).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let port = line.rsplit_once("successfully on port ").map(|(_, port)| port.trim_end_matches('.').to_owned());
        if let Some(port) = port.filter(|port| port.parse::<u16>().is_ok()) {
            // Read on, so that it never waits for somebody to read what it prints.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, format!("http://127.0.0.1:{port}"));
        }
    }
    panic!("chromedriver says no port. {MISSING}");
}
