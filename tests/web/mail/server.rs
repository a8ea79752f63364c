//! The real mailer speaks to a mail server of the test's own: one that takes an email, and ones that do not.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use telemedicine::{
    integrations::mailer::{Email, FolderMailer, Invitation, Mailer, NotSent, SmtpMailer},
    settings::{Delivery, Settings},
    text::CalendarMethod,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::ports::free_port;

/// A mail server that answers each recipient with `answer`.
struct MailServer {
    port: u16,
    /// Everything it was told, commands and emails.
    heard: Arc<Mutex<String>>,
}

impl MailServer {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, heard) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(String::new())));
        let told = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, answer, told.clone()));
            }
        });
        Self { port, heard }
    }

    fn mailer(&self) -> SmtpMailer {
        mailer(self.port)
    }
}

fn mailer(port: u16) -> SmtpMailer {
    let vars = [("SMTP_URL", format!("smtp://127.0.0.1:{port}?tls=none")), ("MAIL_FROM", FROM.to_owned())];
    let settings = Settings::from_vars(&vars.map(|(name, value)| (name.to_owned(), value)).into()).unwrap();
    let Delivery::Smtp(url) = &settings.mail.delivery else { panic!("a mail server is set") };
    SmtpMailer::new(url, settings.mail.from.clone()).unwrap()
}

const FROM: &str = "Clinic <desk@clinic.example>";

async fn converse(mut stream: TcpStream, answer: &str, heard: Arc<Mutex<String>>) {
    let (reading, mut writing) = stream.split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 test\r\n").await.unwrap();
    let mut in_email = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push_str(&format!("{line}\n"));
        let said = match line.split([' ', ':']).next().unwrap_or_default() {
            _ if in_email && line != "." => continue,
            "EHLO" => "250 test".to_owned(),
            "RCPT" => answer.to_owned(),
            "DATA" => "354 go on".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        in_email = line == "DATA";
        writing.write_all(format!("{said}\r\n").as_bytes()).await.unwrap();
    }
}

fn email() -> Email {
    Email {
        address: "maya@home.example".to_owned(),
        subject: "A visit was approved".to_owned(),
        text: "Dear Maya,\n\nthe visit is on Friday.\n".to_owned(),
        invitation: None,
        message_id: "mail-7-123".to_owned(),
    }
}

#[tokio::test]
async fn an_email_arrives_whole_and_says_what_it_is() {
    let server = MailServer::start("250 fine").await;
    server.mailer().send(&email()).await.unwrap();
    let heard = server.heard.lock().unwrap().clone();
    for said in [
        "MAIL FROM:<desk@clinic.example>",
        "RCPT TO:<maya@home.example>",
        "From: Clinic <desk@clinic.example>",
        "Subject: A visit was approved",
        "Message-ID: <mail-7-123@clinic.example>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "the visit is on Friday.",
    ] {
        assert!(heard.contains(said), "{said} is missing in\n{heard}");
    }
}

#[tokio::test]
async fn an_invitation_goes_as_mail_programs_look_for_it() {
    let server = MailServer::start("250 fine").await;
    let invitation =
        Invitation { method: CalendarMethod::Request, text: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned() };
    server.mailer().send(&Email { invitation: Some(invitation), ..email() }).await.unwrap();
    let heard = server.heard.lock().unwrap().clone();
    for said in [
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "the visit is on Friday.",
        "Content-Type: text/calendar; method=REQUEST; charset=utf-8",
        "BEGIN:VCALENDAR",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(heard.contains(said), "{said} is missing in\n{heard}");
    }
    assert_eq!(heard.matches("MIME-Version:").count(), 1, "{heard}");
}

#[tokio::test]
async fn what_the_mail_server_says_decides_whether_it_is_tried_again() {
    for (answer, becomes) in [
        ("550 5.1.1 no such mailbox", "Refused"),
        // As likely about us: our address, our quota. Nothing is thrown away for that.
        ("550 5.7.1 not from you", "Later"),
        ("550 no such mailbox", "Later"),
        ("450 come back later", "Later"),
        ("421 too busy", "Away"),
        ("535 5.7.8 who are you", "Away"),
    ] {
        let server = MailServer::start(answer).await;
        let refusal = server.mailer().send(&email()).await.unwrap_err();
        assert!(format!("{refusal:?}").starts_with(becomes), "{answer}: {refusal:?}");
        assert!(!matches!(&refusal, NotSent::Away(said) if said.contains("who are you")), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_holds_nobody_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(silent.local_addr().unwrap().port()).with_patience(Duration::from_millis(200));
    assert!(matches!(mailer.send(&email()).await, Err(NotSent::Away(_))));
    assert!(matches!(mailer.greet().await, Err(NotSent::Away(_))));
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_away() {
    let port = free_port();
    assert!(matches!(mailer(port).send(&email()).await, Err(NotSent::Away(_))));
    assert!(matches!(mailer(port).greet().await, Err(NotSent::Away(_))));
}

#[tokio::test]
async fn nothing_that_is_typed_gets_into_the_headers() {
    let server = MailServer::start("250 fine").await;
    let subject = "A visit\r\nBcc: everybody@home.example".to_owned();
    server.mailer().send(&Email { subject, ..email() }).await.unwrap();
    let heard = server.heard.lock().unwrap().clone();
    assert!(!heard.lines().any(|line| line.starts_with("Bcc:")), "{heard}");
    let address = "maya@home.example>\r\nRCPT TO:<everybody@home.example".to_owned();
    assert!(matches!(server.mailer().send(&Email { address, ..email() }).await, Err(NotSent::Refused(_))));
}

#[tokio::test]
async fn in_development_emails_are_files_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path().join("mail"), FROM.parse().unwrap());
    mailer.send(&email()).await.unwrap();
    let file = folder.path().join("mail/mail-7-123.eml");
    assert!(std::fs::read_to_string(&file).unwrap().contains("the visit is on Friday."));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    // Nothing that can be written to: the email waits.
    let nowhere = FolderMailer::new(file.join("below-a-file"), FROM.parse().unwrap());
    assert!(matches!(nowhere.send(&email()).await, Err(NotSent::Away(_))));
}
