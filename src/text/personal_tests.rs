//! Texts with personal data, and texts that only look so. No number here belongs to anyone.

use super::*;

fn first(text: &str) -> Option<Kind> {
    Personal::default().find(text).next().map(|(kind, _)| kind)
}

#[test]
fn each_kind_is_found_and_called_by_its_name() {
    for (text, kind) in [
        (
            "write to ada.byron+shop@mail.example.com please",
            Kind::Email,
        ),
        ("ada [at] example.org", Kind::Email),
        ("it is ada at example dot org", Kind::Email),
        ("refund to GB82 WEST 1234 5698 7654 32", Kind::Iban),
        ("refund to de89370400440532013000 please", Kind::Iban),
        ("my card 4111 1111 1111 1111 was charged", Kind::Card),
        ("card 378282246310005", Kind::Card),
        ("my router has 192.168.178.23", Kind::IpAddress),
        ("ping 2001:db8::ff00:42:8329 fails", Kind::IpAddress),
        ("reach me on +49 (0)30 901820", Kind::Phone),
        ("reach me on 0044 20 7946 0958", Kind::Phone),
        ("reach me on 030 / 90 18 20", Kind::Phone),
        ("reach me on (212) 555-0187", Kind::Phone),
        ("reach me on 212-555-0187", Kind::Phone),
        ("please call me: 555-0187", Kind::Phone),
        ("ship it to 221b Baker Street", Kind::PostalAddress),
        ("ship it to 12 old mill road", Kind::PostalAddress),
        ("ship it to 7 Elm Ct", Kind::PostalAddress),
        ("an die Lindenstraße 12", Kind::PostalAddress),
        ("I am in SW1A 1AA", Kind::PostalAddress),
        ("I am in Springfield, IL 62704", Kind::PostalAddress),
        ("my address is the mill", Kind::PostalAddress),
        ("Hi, my name is ada and", Kind::Name),
        ("Ich heiße Ada.", Kind::Name),
        ("I'm Ada Byron, and", Kind::Name),
        ("Thanks. Regards, Ada Byron", Kind::Name),
        ("我叫小明", Kind::Name),
        ("where is order 48213?", Kind::Number),
        ("where is order number A-48213?", Kind::Number),
        ("where is #48213", Kind::Number),
        ("passport C01X00T47", Kind::Number),
        ("the code is 20260131", Kind::Number),
        ("parcel RX12345 is late", Kind::Number),
    ] {
        assert_eq!(first(text), Some(kind), "{text}");
    }
}

#[test]
fn ordinary_questions_hold_nothing_personal() {
    for text in [
        "How long do I have to return an item?",
        "Is shipping free from 50 euros, or from 1,250.00 dollars?",
        "Did the war last from 1914 to 1918, or 1914-1918?",
        "What happened on 2024-05-12 at 12:30:45?",
        "Is 05/10/2004 the same day as 10.05.2004?",
        "Is ab123 out of new york on time?",
        "Why is 3.14159 not rational?",
        "Is it a 10 minute drive to the place?",
        "I'm trying to cancel my order before it ships.",
        "This is the kettle that I ordered in 2025.",
        "How do I call a function in std::net?",
        "Can I pay by card, PayPal or bank transfer?",
        "What is the name of the largest glacier?",
        "Solve 12 + 30 - 4 = x for 3 values.",
        "Does version 1.2.3 run on port 8080?",
        "We have 300 000 readers.",
    ] {
        assert_eq!(Personal::default().find(text).next(), None, "{text}");
    }
}

#[test]
fn a_wrong_checksum_is_no_card_and_no_account_but_still_a_long_number() {
    for text in ["4111111111111112", "DE88370400440532013000"] {
        assert_eq!(first(text), Some(Kind::Number), "{text}");
    }
}

#[test]
fn what_is_found_is_quoted() {
    let personal = Personal::default();
    let found: Vec<_> = personal
        .find("ask a@b.example or 10.0.0.1")
        .map(|(_, words)| words)
        .collect();
    assert_eq!(found, ["a@b.example", "10.0.0.1"]);
}
