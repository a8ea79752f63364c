//! Addresses: of databases, Redis, proxies, the site and its files.

use super::*;

#[test]
fn the_database_may_be_named_without_its_password() {
    let of = |url: &str| read(&[("DATABASE_URL", url)]).database.url;
    assert_eq!(of("postgres://u:p@db.example:6432/clinic?sslmode=require").address(), "db.example:6432/clinic");
    assert_eq!(of("postgresql://u:p@[::1]/clinic").address(), "[::1]:5432/clinic");
    assert_eq!(of("postgres:///clinic?host=/run/postgresql").address(), "/run/postgresql:5432/clinic");
    assert_eq!(of("postgres://u@h/clinic").backend(), &Backend::Postgres);
    for file in ["sqlite:x/c.db", "sqlite://x/c.db", "sqlite://x/c.db?mode=rwc"] {
        assert_eq!(of(file).backend(), &Backend::Sqlite("x/c.db".into()));
        assert_eq!(of(file).expose(), "sqlite://x/c.db?mode=rwc");
        assert_eq!(of(file).address(), "x/c.db");
    }
    assert_eq!(of("sqlite:/var/c.db?mode=ro").expose(), "sqlite:///var/c.db?mode=ro");
    for wrong_url in ["postgres://u:p@h", "sqlite::memory:", "sqlite:", "postgres://h/d?sslmode=always", "clinic.db"] {
        assert_eq!(wrong(&[("DATABASE_URL", wrong_url)]), ["DATABASE_URL"], "{wrong_url}");
    }
}

#[test]
fn replicas_are_postgres_beside_postgres() {
    let both = ("DATABASE_REPLICA_URLS", "postgres://a/d, postgres://b:1/d,");
    let replicas = read(&[("DATABASE_URL", "postgres://h/d"), both]).database.replicas;
    assert_eq!(replicas.iter().map(DatabaseUrl::address).collect::<Vec<_>>(), ["a:5432/d", "b:1/d"]);
    assert_eq!(wrong(&[both]), ["DATABASE_REPLICA_URLS"]);
}

#[test]
fn redis_says_whether_the_actor_can_speak_to_it() {
    let of = |url: &str| read(&[("REDIS_URL", url)]).redis.unwrap();
    let plain = of("redis://h");
    assert_eq!(
        (plain.address().as_str(), plain.needs_pool(), plain.username(), plain.password()),
        ("h:6379", false, None, None)
    );
    assert!(!of("redis://h:1/0").needs_pool());
    assert!(of("redis://h/3").needs_pool());
    assert!(of("rediss://h").needs_pool());
    let locked = of("redis://us%40er:p%2Fw@h:7000");
    assert_eq!((locked.username(), locked.password()), (Some("us@er"), Some("p/w")));
    assert_eq!(of("redis://:pw@h").username(), None);
    for wrong_url in ["h:6379", "redis://", "redis://h/x", "redis://user@h", "unix:///s"] {
        assert_eq!(wrong(&[("REDIS_URL", wrong_url)]), ["REDIS_URL"], "{wrong_url}");
    }
    assert_eq!(wrong(&[("REDIS_PATIENCE_MS", "1500"), ("REDIS_TIMEOUT", "1")]), ["REDIS_PATIENCE_MS"]);
}

#[test]
fn mail_goes_encrypted_unless_somebody_says_that_it_need_not() {
    let of = |url: &str| match read(&[("SMTP_URL", url)]).mail.delivery {
        Delivery::Smtp(url) => (url.expose().to_owned(), url.server().to_owned()),
        other => panic!("{other:?}"),
    };
    let (submission, server) = of("smtp://u:p@mail.example");
    assert_eq!(
        (submission.as_str(), server.as_str()),
        ("smtp://u:p@mail.example:587?tls=required", "mail.example:587")
    );
    assert_eq!(of("smtps://u:p@mail.example").0, "smtps://u:p@mail.example:465");
    assert_eq!(of("smtp://localhost:2525?tls=none").0, "smtp://localhost:2525");
    for wrong_url in
        ["mail.example", "http://mail.example", "smtp://", "smtp://h?tls=opportunistic", "smtps://h?tls=none"]
    {
        assert_eq!(wrong(&[("SMTP_URL", wrong_url)]), ["SMTP_URL"], "{wrong_url}");
    }
    let shown = format!("{:?}", read(&[("SMTP_URL", "smtp://u:hidden@mail.example")]));
    assert!(!shown.contains("hidden"));
}

#[test]
fn without_a_mail_server_mail_is_kept_in_files_or_in_production_not_sent() {
    assert!(matches!(read(&[]).mail.delivery, Delivery::Folder(folder) if folder.ends_with("mail")));
    assert!(matches!(production(&[]).unwrap().mail.delivery, Delivery::Off));
    let with_server = production(&[("SMTP_URL", "smtp://mail.example")]).unwrap();
    assert!(matches!(with_server.mail.delivery, Delivery::Smtp(_)));
}

#[test]
fn mail_is_from_the_site_unless_somebody_else_is_named() {
    let from = |vars: &[(&str, &str)]| read(vars).mail.from.to_string();
    assert_eq!(from(&[("PUBLIC_URL", "https://clinic.example")]), "Telemedicine <no-reply@clinic.example>");
    assert_eq!(from(&[]), "Telemedicine <no-reply@localhost>");
    assert_eq!(from(&[("MAIL_FROM", "Lakeside <desk@lake.example>")]), "Lakeside <desk@lake.example>");
    assert_eq!(wrong(&[("MAIL_FROM", "nobody")]), ["MAIL_FROM"]);
}

#[test]
fn proxies_are_addresses_and_networks() {
    let server = read(&[("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,2001:db8::/32")]).server;
    for trusted in ["10.255.0.1", "192.0.2.7", "2001:db8::5", "::ffff:10.0.0.1"] {
        assert!(server.trusts(trusted.parse().unwrap()), "{trusted}");
    }
    for stranger in ["11.0.0.1", "192.0.2.8", "::1", "127.0.0.1"] {
        assert!(!server.trusts(stranger.parse().unwrap()), "{stranger}");
    }
}

#[test]
fn the_public_address_follows_the_listening_one() {
    let origin = |bind: &str| read(&[("BIND", bind)]).server.origin();
    assert_eq!(origin("0.0.0.0:9000"), "http://localhost:9000");
    assert_eq!(origin("[::1]:9000"), "http://[::1]:9000");
    assert_eq!(origin("127.0.0.1:80"), "http://127.0.0.1");
    assert_eq!(read(&[("PUBLIC_URL", "https://Clinic.example/")]).server.origin(), "https://clinic.example");
    for wrong_url in ["https://h/clinic", "https://u:p@h", "ftp://h", "https://h?x"] {
        assert_eq!(wrong(&[("PUBLIC_URL", wrong_url)]), ["PUBLIC_URL"], "{wrong_url}");
    }
}

#[test]
fn static_files_may_come_from_a_cdn() {
    let of = |url: &str| read(&[("STATIC_URL", url)]).pages.static_url;
    assert_eq!((of("/assets/").base(), of("/assets/").origin()), ("/assets", None));
    let cdn = of("https://cdn.example:8443/files/");
    assert_eq!((cdn.base(), cdn.origin()), ("https://cdn.example:8443/files", Some("https://cdn.example:8443")));
    assert_eq!(of("https://cdn.example").base(), "https://cdn.example");
    for wrong_url in ["/", "//cdn.example", "/a b", "/../x", "ftp://h", "https://u@h", "https://h?v=1"] {
        assert_eq!(wrong(&[("STATIC_URL", wrong_url)]), ["STATIC_URL"], "{wrong_url}");
    }
}

#[test]
fn relays_are_reached_in_three_ways() {
    let of = |urls: &str| read(&[("TURN_URLS", urls), ("TURN_SECRET", "north-of-the-lake")]).calls.turn_urls;
    let all = of(
        "turn:a.example, turn:a.example:3479?transport=tcp, turns:[2001:db8::1]:443?transport=tcp, turns:a.example,",
    );
    let found: Vec<_> = all.iter().map(|url| (url.address(), url.transport())).collect();
    let wanted = [
        (("a.example", 3478), Transport::Udp),
        (("a.example", 3479), Transport::Tcp),
        (("2001:db8::1", 443), Transport::Tls),
        (("a.example", 5349), Transport::Tls),
    ];
    assert_eq!(found, wanted);
    assert_eq!(all[0].text(), "turn:a.example");
    for wrong_url in
        ["a.example", "turn:", "turn://a", "turn:a:0", "turn:a:x", "turn:u@a", "turns:a?transport=udp", "stun:a"]
    {
        assert_eq!(
            wrong(&[("TURN_URLS", wrong_url), ("TURN_SECRET", "north-of-the-lake")]),
            ["TURN_URLS"],
            "{wrong_url}"
        );
    }
    assert_eq!(wrong(&[("TURN_URLS", "turn:a")]), ["TURN_SECRET"]);
    assert_eq!(wrong(&[("TURN_SECRET", "too short")]), ["TURN_SECRET"]);
    assert_eq!(wrong(&[("CALL_RELAY_ONLY", "true")]), ["CALL_RELAY_ONLY"]);
    assert_eq!(wrong(&[("TURN_TTL", "59")]), ["TURN_TTL"]);
}
