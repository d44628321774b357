//! The session on a page: who comes in, what a form does, and what is saved, over real HTTP.

use crate::harness::{World, recall};
use crate::page::{PageForm, Response, Server, answers, read};
use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

const NOW: &str = "2026-11-21T12:00:00Z";
/// How often the server is killed; `SYSDRILL_KILLS` may say otherwise.
const KILLS: usize = 5;

fn world(ids: &[&str]) -> World {
    let cards: String = ids.iter().map(|id| recall(id)).collect();
    let world = World::with_deck(&cards);
    world.ok(&["config", "set", "new_per_day", "100"]);
    world
}

/// A server whose only deck switched on is `mine`.
fn command(world: &World, now: Option<&str>) -> Command {
    let decks = world.json(&["decks", "--json"]);
    let off: Vec<&str> = decks["decks"].as_array().unwrap().iter().filter_map(|deck| deck["name"].as_str()).collect();
    let mut args = vec!["serve", "--port", "0"];
    for deck in off.iter().filter(|deck| **deck != "mine") {
        args.extend(["--without", deck]);
    }
    args.extend(now.map(|now| ["--now", now]).into_iter().flatten());
    world.command(&args)
}

fn serve(world: &World) -> Server {
    Server::start(command(world, Some(NOW)))
}

/// Shows the answer of the open card and grades it.
fn grade(server: &Server, page: &Response, quality: u8) -> Response {
    let shown = server.submit(&page.press("reveal"));
    server.submit(&shown.press(&format!("grade {quality}")))
}

#[test]
fn a_token_lets_one_device_in_once() {
    let world = world(&["a"]);
    let server = Server::start_alone(command(&world, Some(NOW)));
    let path = server.link[server.link.rfind("/in/").unwrap()..].to_owned();
    // A look in advance uses nothing up, and neither does a wrong one.
    assert_eq!(server.send("HEAD", &path, &[], "").status, 403);
    assert_eq!(server.send("GET", &path, &[("Sec-Purpose", "prefetch")], "").status, 403);
    assert_eq!(server.send("POST", &path, &[], "").status, 403);
    assert_eq!(server.send("GET", "/in/00000000000000000000000000000000", &[], "").status, 403);
    assert_eq!(server.send("GET", &path, &[("Host", "evil.example")], "").status, 421);
    let came_in = server.send("GET", &path, &[], "");
    assert_eq!((came_in.status, came_in.header("location")), (303, Some("/")));
    let cookie = came_in.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(server.send("GET", &path, &[], "").status, 403, "used twice");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(server.send("GET", "/", &[("Cookie", cookie)], "").status, 200);
    // The token is not what the device keeps.
    assert!(!cookie.contains(path.rsplit('/').next().unwrap()));
}

#[test]
fn a_stranger_is_told_nothing() {
    let world = world(&["a"]);
    let server = serve(&world);
    let wrong = format!("sysdrill-{}={}", server.port, "0".repeat(32));
    let twice = format!("{}; {}", server.cookie, server.cookie);
    let paths = [
        "/",
        "/review",
        "/style.css",
        "/script.js",
        "/favicon.ico",
        "/card/mine/a",
        "/nothing",
        "/in/",
        "/%00",
        "/../x",
    ];
    let mut said = BTreeSet::new();
    for path in paths {
        for cookie in ["", wrong.as_str(), "x", twice.as_str()] {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
                let response = server.send(method, path, &[("Cookie", cookie)], "");
                assert_eq!(response.status, 403, "{method} {path} {cookie}");
                assert!(!response.head.to_lowercase().contains("sysdrill"), "{}", response.head);
                said.insert(response.body);
            }
        }
    }
    // Nothing is different for what is there; HEAD has no body.
    assert_eq!(said.iter().map(String::as_str).collect::<Vec<_>>(), ["", "This address is not open to you.\n"]);
    for host in ["evil.example", "evil.example:80", "localhost", "127.0.0.1", "[::1]:1", "0.0.0.0:1"] {
        let response = server.send("GET", "/review", &[("Host", host), ("Cookie", &server.cookie)], "");
        assert_eq!(response.status, 421, "{host}");
    }
    let whole = format!("http://evil.example:{}/review", server.port);
    assert_eq!(server.send("GET", &whole, &[("Cookie", &server.cookie)], "").status, 421);
}

#[test]
fn every_page_says_what_a_browser_may_do() {
    let world = world(&["a"]);
    let server = serve(&world);
    for path in ["/", "/review", "/nothing", "/style.css"] {
        let response = server.get(path);
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "{policy}");
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    assert_eq!(server.get("/review").header("cache-control"), Some("no-store"));
    assert_eq!(server.get("/nothing").status, 404);
    let body = server.get("/review").body;
    // Nothing comes from elsewhere, and nothing in the page runs but the one script.
    assert!(
        !body.contains("https://")
            && !body.contains("http://")
            && !body.contains(" style=\"")
            && !body.contains(" onclick")
    );
    assert_eq!(body.matches("<script").count(), 1);
}

#[test]
fn only_a_page_of_ours_changes_anything() {
    let world = world(&["a", "b"]);
    let server = serve(&world);
    let shown = server.submit(&server.page("/review").press("reveal"));
    let form = shown.press("grade 4");
    let origin = format!("http://{}", server.host());
    let cookie = server.cookie.as_str();
    let other_token = form.clone().with("token", &"0".repeat(32));
    for (headers, form) in [
        (vec![("Cookie", cookie)], &form),
        (vec![("Cookie", cookie), ("Origin", "http://evil.example")], &form),
        (vec![("Cookie", cookie), ("Origin", "null")], &form),
        (vec![("Cookie", cookie), ("Origin", &origin), ("Sec-Fetch-Site", "cross-site")], &form),
        (vec![("Cookie", cookie), ("Sec-Fetch-Site", "same-site")], &form),
        (vec![("Cookie", cookie), ("Sec-Fetch-Site", "none")], &form),
        (vec![("Origin", &origin)], &form),
        (vec![("Cookie", cookie), ("Origin", &origin)], &other_token),
        (vec![("Cookie", cookie), ("Origin", &origin)], &form.clone().without("token")),
    ] {
        let response = server.send("POST", "/review", &headers, &form.body());
        assert_eq!(response.status, 403, "{headers:?}");
    }
    assert!(answers(&world.sql()).is_empty());
    let response =
        server.send("POST", "/review", &[("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")], &form.body());
    assert_eq!(response.status, 303);
    assert_eq!(answers(&world.sql()).len(), 1);
    // Nor does the token of one device serve another.
    let link = server.submit(&server.page("/devices").press("add"));
    let link = link.body.split("/in/").nth(1).unwrap()[..32].to_owned();
    let other = server.send("GET", &format!("/in/{link}"), &[], "").header("set-cookie").unwrap().to_owned();
    let other = other.split(';').next().unwrap();
    let response = server.send("POST", "/review", &[("Cookie", other), ("Origin", &origin)], &form.body());
    assert_eq!(response.status, 403);
}

#[test]
fn a_device_that_is_shut_out_is_out_at_once() {
    let world = world(&["a"]);
    let server = serve(&world);
    let listed = world.ok(&["serve", "--devices", "--now", NOW]);
    assert!(listed.contains("a device") && listed.contains("2026-11-21"), "{listed}");
    assert!(world.fails(1, &["serve", "--devices", "--revoke", "b device"]).contains("there are a device"));
    assert_eq!(server.get("/").status, 200);
    world.ok(&["serve", "--devices", "--revoke", "a device"]);
    assert_eq!(server.get("/").status, 403);
    assert!(world.ok(&["serve", "--devices"]).contains("no device was let in"));
}

#[test]
fn a_device_is_known_to_the_next_server() {
    let world = world(&["a"]);
    let mut server = serve(&world);
    let (port, cookie) = (server.port, server.cookie.clone());
    end(&server);
    assert_eq!(server.wait(), Some(0), "stopped by Ctrl-C");
    let mut again = command(&world, Some(NOW));
    again.args(["--port", &port.to_string()]);
    server = Server::start_alone({
        let mut command = world.command(&["serve", "--now", NOW, "--port", &port.to_string()]);
        command.arg("--quiet");
        command
    });
    server.cookie = cookie;
    assert_eq!(server.get("/").status, 200);
}

#[cfg(unix)]
fn end(server: &Server) {
    assert!(Command::new("kill").args(["-INT", &server.pid().to_string()]).status().unwrap().success());
}

#[test]
fn an_answer_is_saved_when_the_page_says_so() {
    let world = world(&["a", "b"]);
    let server = serve(&world);
    let asked = server.page("/review");
    assert!(!asked.body.contains("Saved."), "{}", asked.body);
    assert!(answers(&world.sql()).is_empty());
    let next = grade(&server, &asked, 4);
    assert!(next.body.contains("Saved.") && next.body.contains("Right"), "{}", next.body);
    assert_eq!(answers(&world.sql()).values().sum::<usize>(), 1);
    let wrong = grade(&server, &next, 1);
    assert!(wrong.body.contains("Saved.") && wrong.body.contains("Wrong") && wrong.offers("next"), "{}", wrong.body);
    // The answer is read; then the repeat is asked.
    let repeat = server.submit(&wrong.press("next"));
    assert!(repeat.body.contains("again"), "{}", repeat.body);
    let over = grade(&server, &repeat, 4);
    assert!(over.body.contains("The session is over"), "{}", over.body);
    world.assert_sound();
}

/// An answer that cannot be saved is not shown as saved, and the question stays open.
#[test]
fn what_cannot_be_saved_is_not_called_saved() {
    let world = world(&["a", "b"]);
    let server = serve(&world);
    let shown = server.submit(&server.page("/review").press("reveal"));
    let sql = world.sql();
    sql.execute_batch("CREATE TRIGGER full BEFORE INSERT ON review BEGIN SELECT raise(ABORT, 'the disk is full'); END")
        .unwrap();
    let refused = server.submit(&shown.press("grade 4"));
    assert!(refused.body.contains("the disk is full") && !refused.body.contains("Saved."), "{}", refused.body);
    sql.execute_batch("DROP TRIGGER full").unwrap();
    let page = server.page("/review");
    assert_eq!(page.hidden("card"), shown.hidden("card"));
    assert!(server.submit(&page.press("grade 4")).body.contains("Saved."));
    assert_eq!(answers(&sql).values().sum::<usize>(), 1);
}

#[test]
fn a_form_of_before_grades_nothing() {
    let world = world(&["a", "b", "c"]);
    let server = serve(&world);
    let first = server.page("/review");
    let shown = server.submit(&first.press("reveal"));
    let good = shown.press("grade 4");
    let next = server.submit(&good);
    assert_ne!(next.hidden("card"), shown.hidden("card"));
    // The same once more: a double tap, or a retry after a lost answer.
    let again = server.submit(&good);
    assert!(again.body.contains("Saved.") && again.hidden("card") == next.hidden("card"), "{}", again.body);
    // Another answer from another tab, or after the back button.
    let other = server.submit(&shown.press("grade 1"));
    assert!(other.body.contains("already answered") && other.hidden("card") == next.hidden("card"), "{}", other.body);
    let reveal = server.submit(&first.press("reveal"));
    assert!(reveal.body.contains("older than the session") && reveal.offers("reveal"), "{}", reveal.body);
    assert!(server.submit(&first.press("skip")).body.contains("older than the session"));
    assert_eq!(answers(&world.sql()).values().sum::<usize>(), 1);
    // And when it has passed, the retry is still known.
    grade(&server, &next, 4);
    assert!(server.submit(&good).body.contains("saved already"));
    assert_eq!(answers(&world.sql()).values().sum::<usize>(), 2);
}

#[test]
fn two_tabs_and_two_devices_are_one_session() {
    let world = world(&["a", "b", "c", "d"]);
    let server = serve(&world);
    let tabs = [server.page("/review"), server.page("/review")];
    assert_eq!(tabs[0].hidden("card"), tabs[1].hidden("card"));
    grade(&server, &tabs[0], 4);
    // The second tab shows what the first one answered.
    let second = server.submit(&tabs[1].press("reveal"));
    assert!(second.body.contains("older than the session"), "{}", second.body);
    let forms: Vec<PageForm> = {
        let shown = server.submit(&second.press("reveal"));
        [1, 3, 4, 5].map(|quality| shown.press(&format!("grade {quality}"))).to_vec()
    };
    // At once from four of them: one counts.
    std::thread::scope(|scope| forms.iter().for_each(|form| drop(scope.spawn(|| server.submit(form)))));
    assert_eq!(answers(&world.sql()).values().sum::<usize>(), 2);
    world.assert_sound();
}

#[test]
fn the_terminal_may_be_used_beside_it() {
    let world = world(&["a", "b", "c"]);
    let server = serve(&world);
    let shown = server.submit(&server.page("/review").press("reveal"));
    let card = shown.hidden("card").unwrap();
    let mut talk = world.talk(&["review", "--json", "--card", &card, "--now", NOW]);
    talk.answer(serde_json::json!({"grade": 4, "took_s": 5}));
    talk.end();
    // It was answered there: it is neither graded again nor asked again.
    let next = server.submit(&shown.press("grade 1"));
    assert!(next.body.contains("answered elsewhere"), "{}", next.body);
    assert_ne!(next.hidden("card").unwrap(), card);
    // A card that is answered there while another is open here is not asked here.
    let open = next.hidden("card").unwrap();
    let third = ["mine/a", "mine/b", "mine/c"].into_iter().find(|id| *id != open && *id != card).unwrap();
    let mut talk = world.talk(&["review", "--json", "--card", third, "--now", NOW]);
    talk.answer(serde_json::json!({"grade": 4, "took_s": 5}));
    talk.end();
    let over = grade(&server, &next, 4);
    assert!(over.body.contains("The session is over"), "{}", over.body);
    assert_eq!(answers(&world.sql()).into_values().collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn what_was_done_last_is_taken_back() {
    let world = world(&["a", "b"]);
    let server = serve(&world);
    let next = grade(&server, &server.page("/review"), 4);
    let card = server.submit(&next.press("undo"));
    assert!(card.body.contains("Taken back: your answer to"), "{}", card.body);
    assert!(answers(&world.sql()).is_empty());
    let wrong = grade(&server, &card, 1);
    let regraded = server.submit(&wrong.press("regrade 4"));
    assert!(regraded.body.contains("Right"), "{}", regraded.body);
    let open = regraded.hidden("card").unwrap();
    let flagged = server.submit(&regraded.press("flag"));
    // Twice is once.
    server.submit(&regraded.press("flag"));
    assert!(flagged.body.contains("flagged"), "{}", flagged.body);
    assert_eq!(world.json(&["decks", "--flagged", "--json"])["flagged"].as_array().unwrap().len(), 1);
    let over = server.submit(&server.page("/review").press("suspend"));
    assert!(over.body.contains(&format!("Suspended {open}")), "{}", over.body);
    let page = server.page(&format!("/card/{open}"));
    assert!(server.submit(&page.press("resume")).body.contains("asked again when it is due"));
    let noted = server.submit(&page.press("note").with("note", "<b>mine</b>\r\nand more"));
    assert!(noted.body.contains("&lt;b&gt;mine&lt;/b&gt;"), "{}", noted.body);
    assert_eq!(world.ok(&["note", &open]).trim(), "<b>mine</b>\nand more");
    // After the end the last answer can still be taken back.
    let back = server.submit(&server.page("/review").press("undo"));
    assert!(back.body.contains("Taken back"), "{}", back.body);
}

/// Every field of every kind of card has a script in it; all kinds are answered without one.
#[test]
fn nothing_of_a_deck_runs_and_every_kind_can_be_answered() {
    const BAD: &str = "<script>alert(1)</script>\\\"'><img src=x onerror=alert(1)>&amp;";
    let cards = format!(
        "tags = [\"x\"]\n\
         [[number]]\nid = \"n\"\nask = \"How long {BAD}?\"\nanswer = \"10 ms\"\nwhy = \"why {BAD}\"\nsource = \"source {BAD}\"\n\
         [[recall]]\nid = \"r\"\nask = \"What {BAD}?\"\nanswer = \"This {BAD}\"\nwhy = \"why {BAD}\"\nsource = \"source {BAD}\"\nsee = [\"mine/n\"]\n\
         [[estimate]]\nid = \"e\"\ntitle = \"title {BAD}\"\nask = \"Scene {BAD} {{users}} users?\"\nunit = \"QPS\"\nanswer = \"users / day\"\nwhy = \"why {BAD}\"\n\
         given.users = {{ pick = [\"10M\", \"20M\"] }}\n\
         [[estimate.check]]\ngiven = {{ users = \"10M\" }}\nanswer = \"115.7/s\"\n\
         [[probe]]\nid = \"p\"\nask = \"Say {BAD}\"\nseconds = 30\nsay = \"say {BAD}\"\npoints = [\"one {BAD}\", \"two {BAD}\", \"three {BAD}\"]\n\
         [[cloze]]\nid = \"c\"\ntext = \"A {{{{gap}}}} {BAD}\"\n\
         [[mistake]]\nid = \"m\"\nscene = \"scene {BAD}\"\nmistake = \"wrong {BAD}\"\nfix = \"right {BAD}\"\n\
         [[matrix]]\nid = \"t\"\ntitle = \"table {BAD}\"\noptions = [\"A {BAD}\", \"B {BAD}\"]\n\
         [[matrix.row]]\nid = \"w\"\ndimension = \"row {BAD}\"\ncells = [\"cell {BAD}\", \"cell 2 {BAD}\"]\n\
         [[matrix.verdict]]\nid = \"v\"\ngiven = \"given {BAD}\"\npick = \"A {BAD}\"\nbecause = \"because {BAD}\"\n"
    );
    let world = World::with_deck(&cards);
    world.ok(&["config", "set", "new_per_day", "100"]);
    let check = world.run(&["deck", "check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    let server = serve(&world);
    let mut kinds = BTreeSet::new();
    let mut page = server.page("/review");
    for _ in 0..60 {
        assert_harmless(&page);
        if page.body.contains("The session is over") {
            break;
        }
        kinds.extend(kind_of(&page));
        page = server.submit(&answer(&page));
    }
    assert!(page.body.contains("The session is over"), "{}", page.body);
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["choice", "cloze", "estimate", "matrix", "mistake", "number", "probe", "recall"]);
    assert_eq!(answers(&world.sql()).len(), 8);
    let paths = [
        "/",
        "/quiz",
        "/cram",
        "/plan",
        "/search?q=script",
        "/sheets",
        "/sheet?of=mine",
        "/sheet?of=mine&blank=1",
        "/sheet?weak=1",
        "/stats",
        "/report",
        "/devices",
    ];
    for path in
        paths.map(str::to_owned).into_iter().chain(answers(&world.sql()).into_keys().map(|id| format!("/card/{id}")))
    {
        assert_harmless(&server.get(&path));
    }
    let quiz = server.submit(&server.page("/quiz").press("quiz").with("questions", "2"));
    assert_harmless(&quiz);
    assert!(quiz.body.contains("estimate"), "{}", quiz.body);
    for bad in [
        "/card/mine/<script>",
        "/search?q=<script>alert(1)</script>",
        "/review?said=<script>",
        "/sheet?of=<script>",
        "/card/%3Cscript%3E",
    ] {
        assert_harmless(&server.send("GET", bad, &[("Cookie", &server.cookie)], ""));
    }
    world.assert_sound();
}

fn assert_harmless(page: &Response) {
    assert!(page.status < 500, "{}", page.body);
    assert_eq!(page.body.matches("<script").count(), usize::from(page.body.contains("<html")), "{}", page.body);
    assert!(!page.body.contains("<img"), "{}", page.body);
}

/// The kind of the card that is open, as the page names it.
fn kind_of(page: &Response) -> Option<String> {
    let meta = page.body.split("class=\"meta\"").nth(1)?.split("</p>").next()?;
    meta.split(" · ").nth(1).map(|kind| kind.split(['<', ' ']).next().unwrap_or_default().to_owned())
}

/// What a learner would do with a page.
fn answer(page: &Response) -> PageForm {
    // What is asked again until it is right would have no end.
    if page.offers("next") && page.body.contains("again today") {
        return page.press("regrade 4");
    }
    for first in ["next", "start", "look", "reveal", "again"] {
        let is_new = page.offers("ask");
        if page.offers(first) && (first != "look" || is_new) {
            return page.press(first);
        }
    }
    if page.offers("said") {
        return page.press("said").ticked(3);
    }
    if page.offers("grade 4") {
        return page.press("grade 4");
    }
    if page.offers("answer") {
        return page.press("answer").with("text", "10");
    }
    let pick = page.forms().into_iter().flat_map(|form| form.buttons).find(|(_, value)| value.starts_with("pick "));
    page.press(&pick.unwrap_or_else(|| panic!("nothing can be done with\n{}", page.body)).1)
}

#[test]
fn a_number_is_typed_with_its_unit_and_asked_back_in_words() {
    let world = World::with_deck("[[number]]\nid = \"n\"\nask = \"How long?\"\nanswer = \"10 ms\"\n");
    let server = serve(&world);
    let page = server.page("/review");
    assert!(page.body.contains("inputmode=\"decimal\"") && page.body.contains("in ms"), "{}", page.body);
    let refused = server.submit(&page.press("answer").with("text", "some"));
    assert!(refused.body.contains("role=\"alert\"") && refused.body.contains("value=\"some\""), "{}", refused.body);
    assert!(server.submit(&page.press("answer").with("text", "")).body.contains("Nothing is typed"));
    let right = server.submit(&page.press("answer").with("text", "10000").with("unit", "us"));
    assert!(right.body.contains("Saved.") && right.body.contains("Right"), "{}", right.body);
    assert_eq!(answers(&world.sql()).len(), 1);
}

#[test]
fn a_probe_is_in_time_by_the_servers_clock_and_by_the_browsers() {
    let probe = "[[probe]]\nid = \"p\"\nask = \"Say it\"\nseconds = 30\nsay = \"one, two, three\"\npoints = [\"one\", \"two\", \"three\"]\n";
    for (took, points, verdict) in
        [("12.5", 3, "Right"), ("300", 3, "said in 300 s"), ("5", 2, "Right"), ("5", 1, "Wrong")]
    {
        let world = World::with_deck(probe);
        let server = serve(&world);
        let begun = server.submit(&server.page("/review").press("start"));
        assert!(begun.body.contains("data-countdown=\"30.0\""), "{}", begun.body);
        let shown = server.submit(&begun.press("reveal").with("took", took));
        assert!(server.submit(&shown.press("said")).body.contains("Nothing is ticked"));
        let done = server.submit(&shown.press("said").ticked(points));
        assert!(done.body.contains(verdict), "{took}: {}", done.body);
    }
}

/// An answer that was given while the server was away is sent when it is back: it counts, and it counts once.
#[test]
fn an_answer_outlives_the_server() {
    let generated = "[[estimate]]\nid = \"e\"\nask = \"{users} users a day. How many a second?\"\nunit = \"QPS\"\nanswer = \"users / day\"\n\
                     given.users = { pick = [\"10M\", \"20M\", \"30M\", \"50M\", \"70M\", \"90M\"] }\n\
                     [[estimate.check]]\ngiven = { users = \"10M\" }\nanswer = \"115.7/s\"\n";
    let cards: String = ["a", "b", "c"].iter().map(|id| recall(id)).collect::<String>() + generated;
    let world = World::with_deck(&cards);
    world.ok(&["config", "set", "new_per_day", "100"]);
    let mut server = serve(&world);
    let mut seen = BTreeSet::new();
    loop {
        let mut page = server.page("/review");
        if page.body.contains("The session is over") {
            break;
        }
        let card = page.hidden("card").unwrap();
        if page.offers("reveal") {
            page = server.submit(&page.press("reveal"));
        }
        let form = answer(&page);
        // The server goes away before the answer comes, and another one is there when it does.
        let cookie = server.cookie.clone();
        server.kill();
        server = serve(&world);
        let form = retried(&server, &form, &cookie);
        let before = answers(&world.sql()).values().sum::<usize>();
        let page = server.submit(&form);
        assert!(page.body.contains("Saved."), "{card}: {}", page.body);
        assert_eq!(answers(&world.sql()).values().sum::<usize>(), before + 1, "{card}");
        // Its answer was lost, and another server is there again.
        server.kill();
        server = serve(&world);
        let page = server.submit(&retried(&server, &form, &cookie));
        assert!(page.body.contains("saved already"), "{card}: {}", page.body);
        assert_eq!(answers(&world.sql()).values().sum::<usize>(), before + 1, "{card}");
        seen.insert(card);
        if seen.len() == 4 {
            break;
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    world.assert_sound();
}

/// The form as the same page sends it to a server to which it was let in anew.
fn retried(server: &Server, form: &PageForm, _: &str) -> PageForm {
    form.clone().with(
        "token",
        &server
            .page("/")
            .forms()
            .first()
            .and_then(|form| form.field("token"))
            .unwrap_or_else(|| server.page("/devices").hidden("token").unwrap()),
    )
}

fn kills() -> usize {
    std::env::var("SYSDRILL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// Killed at any moment: what was shown as saved is in the log, and nothing is there twice.
#[test]
fn what_was_shown_as_saved_is_saved_once() {
    let kills = kills();
    let ids: Vec<String> = (0..kills * 12).map(|at| format!("card-{at}")).collect();
    let world = world(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    world.ok(&["config", "set", "new_per_day", "10000"]);
    world.ok(&["config", "set", "minutes", "0"]);
    let mut confirmed = BTreeSet::new();
    for round in 0..kills {
        let server = serve(&world);
        let pid = server.pid();
        // While an answer is on its way: another one, and another moment of it, in each round.
        let (nth, wait) = (round * 5 % 7, Duration::from_micros(round as u64 * 7919 % 30_000));
        let (sends, heard) = mpsc::channel();
        let killer = std::thread::spawn(move || {
            if heard.recv().is_ok() {
                std::thread::park_timeout(wait);
            }
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        });
        let mut lost = None;
        let mut run = || -> std::io::Result<()> {
            let mut page = server.try_send("GET", "/review", &[("Cookie", &server.cookie)], "")?;
            for at in 0.. {
                let Some(card) = page.hidden("card").filter(|_| page.offers("reveal")) else { return Ok(()) };
                let shown = server.try_submit(&page.press("reveal"))?;
                let form = shown.press("grade 4");
                lost = Some(form.clone());
                if at == nth {
                    let _ = sends.send(());
                }
                page = server.try_submit(&form)?;
                lost = None;
                if page.body.contains("Saved.") {
                    confirmed.insert(card);
                }
            }
            Ok(())
        };
        let _ = run();
        drop(sends);
        killer.join().unwrap();
        server.kill();
        // The answer that was on its way is sent to the next server, twice.
        if let Some(form) = lost {
            let server = serve(&world);
            let form = retried(&server, &form, "");
            let page = server.submit(&form);
            if page.body.contains("Saved.") || page.body.contains("saved already") {
                confirmed.extend(form.field("card"));
            }
            server.submit(&form);
            server.kill();
        }
        let answers = answers(&world.sql());
        assert!(answers.values().all(|count| *count == 1), "round {round}: {answers:?}");
        let missing: Vec<&String> = confirmed.iter().filter(|card| !answers.contains_key(*card)).collect();
        assert!(missing.is_empty(), "round {round}: {missing:?}");
    }
    assert!(confirmed.len() > kills, "{confirmed:?}");
    world.assert_sound();
}

/// What the terminal asks at a session's start is told on the first page.
#[test]
fn reworded_cards_are_told_on_the_first_page() {
    let world = world(&["a"]);
    world.deck("notes.md", "Q: What is a quorum?\nA: More than half.\n\nQ: What is a lease?\nA: A lock that ends.\n");
    let mut talk = world.review(NOW, &["notes"]);
    while talk.answer_next(serde_json::json!({"grade": 4})) {}
    talk.end();
    world.deck(
        "notes.md",
        "Q: How many of five must agree?\nA: More than half.\n\nQ: What is a lease?\nA: A lock that ends.\n",
    );
    let server = serve(&world);
    let home = server.page("/").body;
    assert!(home.contains("1 card may be known in other words") && home.contains("sysdrill deck match"), "{home}");
}

/// A page that is killed when it has sent an answer, and a network that is cut while it does: sent again, it is saved once.
#[test]
fn an_answer_whose_page_or_network_is_gone_is_saved_once() {
    let cuts = kills();
    let ids: Vec<String> = (0..cuts).map(|at| format!("card-{at}")).collect();
    let world = world(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    world.ok(&["config", "set", "new_per_day", "10000"]);
    world.ok(&["config", "set", "minutes", "0"]);
    let server = serve(&world);
    for cut in 0..cuts {
        let page = server.page("/review");
        let card = page.hidden("card").unwrap();
        let form = server.submit(&page.press("reveal")).press("grade 4");
        // Now all of it is sent, now a part; every fourth time two pages send it.
        let part = [1.0, 0.99, 0.6, 1.0][cut % 4];
        server.send_and_leave(&form, part);
        if cut % 4 == 3 {
            server.send_and_leave(&form, 1.0);
        }
        let heard = server.submit(&form);
        assert!(heard.body.contains("Saved.") || heard.body.contains("saved already"), "{cut}: {}", heard.body);
        assert_eq!(answers(&world.sql()).get(&card), Some(&1), "{cut}");
    }
    let answers = answers(&world.sql());
    assert_eq!((answers.len(), answers.values().sum::<usize>()), (cuts, cuts));
}

/// What is too long or too slow is given up, and a full house opens again.
#[test]
fn bodies_heads_and_connections_have_their_limits() {
    let world = world(&["a"]);
    let server = serve(&world);
    let origin = format!("http://{}", server.host());
    let headers = [("Cookie", server.cookie.as_str()), ("Origin", origin.as_str())];
    let long = "x=".to_owned() + &"y".repeat(64 * 1024);
    assert_eq!(server.send("POST", "/review", &headers, &long).status, 413);
    let connect = |text: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let head = format!(
        "POST /review HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nOrigin: {origin}\r\n",
        server.host(),
        server.cookie
    );
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    // Endless in parts, it is given up where it is too long.
    let mut endless = connect(&format!("{head}{form}Transfer-Encoding: chunked\r\n\r\n"));
    let chunk = format!("4000\r\n{}\r\n", "z".repeat(0x4000));
    let _ = (0..8).try_for_each(|_| endless.write_all(chunk.as_bytes()));
    assert_eq!(read(endless).unwrap().status, 413);
    // A body that does not come, and heads that do not end: more of them than there are places.
    let slow = connect(&format!("{head}{form}Content-Length: 10\r\n\r\nab"));
    let idle: Vec<TcpStream> = (0..80).map(|_| connect("GET / HTTP/1.1\r\nHost:")).collect();
    assert_eq!(server.get("/").status, 200, "after them");
    assert_eq!(read(slow).unwrap().status, 408);
    drop(idle);
}

#[test]
fn a_session_ends_with_its_day_and_its_time() {
    let world = world(&["a", "b", "c"]);
    let server = Server::start(command(&world, Some("2026-11-22T03:50:00Z")));
    // The day ends at four.
    let shown = server.submit(&server.page("/review").press("reveal"));
    let over = server.submit(&shown.press("grade 4").with("took", "900"));
    assert!(over.body.contains("The session is over"), "{}", over.body);
    let days: Vec<i64> = world
        .sql()
        .prepare("SELECT day FROM review")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let day = "2026-11-21".parse::<chrono::NaiveDate>().unwrap().to_epoch_days();
    assert_eq!(days, [i64::from(day)]);
    // The next session is the next day's.
    assert!(over.body.contains("Today&#39;s session") || over.body.contains("Today's session"), "{}", over.body);
    assert!(server.submit(&over.press("review")).offers("reveal"));
    world.ok(&["config", "set", "minutes", "1"]);
    let server = serve(&world);
    let shown = server.submit(&server.page("/review").press("reveal"));
    let over = server.submit(&shown.press("grade 4").with("took", "200"));
    assert!(over.body.contains("The session is over"), "{}", over.body);
}

/// A wrong answer is read when it was the last one, too.
#[test]
fn the_last_feedback_leads_to_the_end() {
    let world = world(&["a"]);
    world.ok(&["config", "set", "minutes", "1"]);
    let server = serve(&world);
    let shown = server.submit(&server.page("/review").press("reveal"));
    let wrong = server.submit(&shown.press("grade 1").with("took", "200"));
    assert!(wrong.offers("next") && !wrong.body.contains("The session is over"), "{}", wrong.body);
    // What was asked stands above what was right.
    assert!(wrong.body.contains("What is a?"), "{}", wrong.body);
    let over = server.submit(&wrong.press("next"));
    assert!(over.body.contains("The session is over"), "{}", over.body);
}

#[test]
fn a_plan_is_made_and_ended_on_its_page() {
    let world = world(&["a", "b"]);
    let server = serve(&world);
    let set = |day: &str| {
        server.submit(
            &server.page("/plan").press("set").with("interview", day).with("minutes", "20").with("style", "solid"),
        )
    };
    for bad in ["", "2026-11-21", "2020-01-01", "2030-01-01", "soon"] {
        let page = set(bad);
        assert_eq!(page.status, 400, "{bad}: {}", page.body);
    }
    let page = set("2026-12-05");
    assert!(page.body.contains("14 days left; 20 minutes"), "{}", page.body);
    let plan = world.json(&["plan", "--json", "--now", NOW]);
    assert_eq!((plan["interview"].as_str(), plan["style"].as_str()), (Some("2026-12-05"), Some("solid")));
    // A plan shows a new card before it asks it.
    let first = server.page("/review?anew=1");
    assert!(first.offers("ask") && first.offers("look"), "{}", first.body);
    let looked = server.submit(&first.press("look"));
    assert!(looked.body.contains("It is") && looked.offers("next"), "{}", looked.body);
    assert!(server.submit(&server.page("/plan").press("clear")).body.contains("is ended"));
}

#[test]
fn pages_say_what_commands_say() {
    let world = world(&["alpha", "beta"]);
    let server = serve(&world);
    grade(&server, &server.page("/review"), 4);
    let found = server.page("/search?q=alpha");
    assert!(found.body.contains("/card/mine/alpha") && !found.body.contains("/card/mine/beta"), "{}", found.body);
    assert!(server.page("/search?q=nosuchword").body.contains("No card has them"));
    assert!(server.page("/sheet?of=mine").body.contains("It is beta."));
    assert!(server.page("/sheet?of=mine&blank=1").body.contains("<details>"));
    assert!(server.page("/stats").body.contains("streak"));
    assert!(server.page("/report").body.contains("<svg"));
    assert!(server.page("/cram").offers("cram"));
    let crammed = server.submit(&server.page("/cram").press("cram"));
    assert!(crammed.offers("reveal"), "{}", crammed.body);
    // A sprint of what has no estimate is refused in words.
    let none = server.submit(&server.page("/quiz").press("quiz").with("of", "mine"));
    assert!(none.status == 400 && none.body.contains("no generated question fits"), "{}", none.body);
    let asked = server.submit(&server.page("/card/mine/beta").press("card"));
    assert_eq!(asked.hidden("card").as_deref(), Some("mine/beta"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let world = world(&["a"]);
    let server = serve(&world);
    let said = world.fails(1, &["serve", "--port", &server.port.to_string()]);
    assert!(said.contains("is taken") && said.contains("--port"), "{said}");
}
