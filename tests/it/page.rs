//! A browser's part, as far as the tests of the pages need one: requests, forms, and what stands in them.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// An answer that does not come by then fails the test.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Response {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The forms of a page.
    pub fn forms(&self) -> Vec<PageForm> {
        let mut forms = Vec::new();
        for part in self.body.split("<form ").skip(1) {
            let (tag, rest) = part.split_once('>').unwrap();
            let inside = rest.split("</form>").next().unwrap();
            let mut form = PageForm { action: attribute(tag, "action").unwrap_or_default(), ..PageForm::default() };
            for input in inside.split("<input ").skip(1) {
                let tag = input.split('>').next().unwrap();
                let kind = attribute(tag, "type").unwrap_or_default();
                let (name, value) =
                    (attribute(tag, "name").unwrap_or_default(), attribute(tag, "value").unwrap_or_default());
                match kind.as_str() {
                    "checkbox" => form.boxes.push((name, value)),
                    "radio" if !tag.contains(" checked") => {}
                    _ => form.fields.push((name, value)),
                }
            }
            for button in inside.split("<button ").skip(1) {
                let tag = button.split('>').next().unwrap();
                form.buttons
                    .push((attribute(tag, "name").unwrap_or_default(), attribute(tag, "value").unwrap_or_default()));
            }
            forms.push(form);
        }
        forms
    }

    /// The form that has this button, with the button pressed.
    pub fn press(&self, said: &str) -> PageForm {
        let found = self.forms().into_iter().find_map(|form| {
            let button = form.buttons.iter().find(|(_, value)| value == said).cloned()?;
            Some(form.with(&button.0, &button.1))
        });
        found.unwrap_or_else(|| panic!("no button '{said}' in\n{}", self.body))
    }

    /// Whether there is such a button.
    pub fn offers(&self, said: &str) -> bool {
        self.forms().iter().any(|form| form.buttons.iter().any(|(_, value)| value == said))
    }

    /// What is hidden in the first form of a session: its number, its card.
    pub fn hidden(&self, name: &str) -> Option<String> {
        self.forms().into_iter().find_map(|form| form.field(name))
    }
}

/// A form of a page, as it would be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageForm {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub boxes: Vec<(String, String)>,
    pub buttons: Vec<(String, String)>,
}

impl PageForm {
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    /// The same with this value in a field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a field.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self
    }

    /// The same with its first boxes ticked.
    pub fn ticked(mut self, count: usize) -> Self {
        self.fields.extend(self.boxes.iter().take(count).cloned());
        self
    }

    pub fn body(&self) -> String {
        let pairs = self.fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// The value of an attribute in a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = format!(" {tag}").find(&format!(" {name}=\""))?;
    let value = format!(" {tag}")[at + name.len() + 3..].split('"').next()?.to_owned();
    Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
}

/// A server, and one device that was let in.
pub struct Server {
    child: Child,
    pub port: u16,
    /// The address with the token that was shown.
    pub link: String,
    pub cookie: String,
}

impl Server {
    /// Starts a server with this command, and lets a device in.
    pub fn start(command: Command) -> Self {
        let mut server = Self::start_alone(command);
        let token = server.link.rsplit('/').next().unwrap().to_owned();
        let response = server.send("GET", &format!("/in/{token}"), &[], "");
        assert_eq!(response.status, 303, "{response:?}");
        let cookie = response.header("set-cookie").unwrap();
        server.cookie = cookie.split(';').next().unwrap().to_owned();
        server
    }

    /// Starts a server that nobody came to yet.
    pub fn start_alone(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let link = lines.find_map(|line| line.unwrap().trim().strip_prefix("http://").map(str::to_owned)).unwrap();
        // What it says later has somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        let port = link.split(['/', ':']).nth(1).unwrap().parse().unwrap();
        Self { child, port, link: format!("http://{link}"), cookie: String::new() }
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request with just these headers beside its length.
    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Response> {
        let mut stream = self.connect()?;
        stream.write_all(self.request(method, path, headers, body).as_bytes())?;
        read(stream)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let host = self.host();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {host}\r\n");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            head += &format!("{name}: {value}\r\n");
        }
        if method == "POST" {
            head += &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
        }
        format!("{head}\r\n{body}")
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// Gets a page as the device that was let in.
    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[("Cookie", &self.cookie)], "")
    }

    /// Gets a page that must be there.
    pub fn page(&self, path: &str) -> Response {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        response
    }

    /// Sends a form as a browser does that knows no more than origins.
    pub fn try_post(&self, form: &PageForm) -> io::Result<Response> {
        let origin = format!("http://{}", self.host());
        self.try_send("POST", &form.action, &[("Cookie", &self.cookie), ("Origin", &origin)], &form.body())
    }

    /// Sends this part of a form and hears nothing of it: its page is gone, or the network.
    pub fn send_and_leave(&self, form: &PageForm, part: f64) {
        let origin = format!("http://{}", self.host());
        let request =
            self.request("POST", &form.action, &[("Cookie", &self.cookie), ("Origin", &origin)], &form.body());
        let sent = (request.len() as f64 * part) as usize;
        self.connect().unwrap().write_all(&request.as_bytes()[..sent]).unwrap();
    }

    /// Sends a form and follows to the page that it leads to.
    pub fn try_submit(&self, form: &PageForm) -> io::Result<Response> {
        let response = self.try_post(form)?;
        match response.status {
            303 => self.try_send("GET", response.header("location").unwrap(), &[("Cookie", &self.cookie)], ""),
            _ => Ok(response),
        }
    }

    pub fn submit(&self, form: &PageForm) -> Response {
        self.try_submit(form).unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without a chance to save anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for it to end, and gives its exit code.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer to its end.
pub fn read(mut stream: TcpStream) -> io::Result<Response> {
    let mut bytes = Vec::new();
    // Whoever is refused early may find the connection closed behind the answer.
    let done = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Err(done.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Response { status, head: head.to_owned(), body: body.to_owned() })
}

/// The live answers of a log, by card and question.
pub fn answers(db: &rusqlite::Connection) -> BTreeMap<String, usize> {
    let sql = "SELECT card, count(*) FROM review WHERE id NOT IN (SELECT review FROM retraction) GROUP BY card";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}
