//! What is treated in the last six fields of `words::SPECIALIZATIONS`, two things in each.

use entity::enums::DocumentKind;

use super::{Ailment, Who};

/// One row a field.
pub(super) const SECOND: [[Ailment; 2]; 6] = [
    // Ear, nose and throat.
    [
        Ailment {
            who: Who::Anybody,
            ages: (16, 60),
            history: Some("Pollen allergy since school"),
            reasons: [
                "Watery, itching eyes and blocked nose",
                "Nose after two weeks of the spray",
                "Nose spray, renewal before the season",
            ],
            note: [
                "Eyes a little red. Nose blocked on both sides, clear. No fever.",
                "Allergic rhinitis.",
                "Nasal spray each morning, antihistamine on bad days. Keep windows shut at noon.",
                "It is your pollen allergy. Use the spray every morning, also on good days.",
            ],
            paper: (
                DocumentKind::Prescription,
                "Mometasone nasal spray 50 µg.\nTwo puffs into each side in the morning.",
            ),
        },
        Ailment {
            who: Who::Anybody,
            ages: (40, 80),
            history: None,
            reasons: [
                "Hears worse on the left since some weeks",
                "Hearing test to discuss",
                "Hearing aid, how it is in daily life",
            ],
            note: [
                "Left ear canal free, eardrum normal. Understands whispering on the right only.",
                "Hearing loss on the left, slowly begun.",
                "Hearing test, then again.",
                "You hear less on the left. A hearing test shows how much, and whether a hearing aid would help.",
            ],
            paper: (DocumentKind::Referral, "Please make a hearing test on both sides, and tell me what you find."),
        },
    ],
    // Psychiatry.
    [
        Ailment {
            who: Who::Anybody,
            ages: (20, 60),
            history: None,
            reasons: [
                "Trouble sleeping for a month, worries at work",
                "Sleep, diary of two weeks",
                "Sleeps better, how to go on without tablets",
            ],
            note: [
                "Friendly, tired. Thinking clear. No thoughts of harming themselves.",
                "Sleeplessness in a time of strain.",
                "Rules of sleep, diary for two weeks, no screen in bed. Talk again in two weeks.",
                "Your sleep can be trained again. Get up at the same time each day and write the diary. Call at once if thoughts become dark.",
            ],
            paper: (DocumentKind::SickNote, "Cannot work for seven days from the day of the visit."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (25, 70),
            history: Some("Depression in 2018, well since 2020"),
            reasons: [
                "Low mood and no appetite since two months",
                "Mood after four weeks of tablets",
                "Mood is brighter, follow-up of tablets",
            ],
            note: [
                "Speaks slowly, smiles at times. No thoughts of harming themselves.",
                "Depression, moderate.",
                "Sertraline 50 mg in the morning. Walk each day. Next visit in four weeks.",
                "You have a depression, and it gets better with treatment. The tablets need three weeks. Call at once if thoughts become dark.",
            ],
            paper: (DocumentKind::Prescription, "Sertraline 50 mg, 30 tablets.\nOne each morning."),
        },
    ],
    // Endocrinology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (35, 75),
            history: Some("Type 2 diabetes, metformin 500 mg twice daily"),
            reasons: [
                "Check of blood sugar, last value 9.8 before breakfast",
                "Blood sugar, diary of the last weeks",
                "Diabetes, results of the long-term sugar",
            ],
            note: [
                "Sugar before breakfast 7.1 to 8.4. Weight 71 kg. Feet without wounds.",
                "Type 2 diabetes, nearly at the goal.",
                "Metformin as before. Walk after meals. Long-term sugar in three months, eyes once a year.",
                "Your sugar is nearly where it should be. Go on with the tablets and walk after meals. Look at your feet each evening.",
            ],
            paper: (
                DocumentKind::Prescription,
                "Metformin 500 mg, 60 tablets.\nOne with breakfast and one with dinner.",
            ),
        },
        Ailment {
            who: Who::Anybody,
            ages: (25, 70),
            history: Some("Underactive thyroid, levothyroxine 75 µg"),
            reasons: [
                "Tired and cold since some weeks, on thyroid tablets",
                "Thyroid, result of the blood test",
                "Renewal of thyroid medicine, feels well",
            ],
            note: [
                "Pulse 68. Neck without lumps. Weight steady.",
                "Underactive thyroid, well replaced.",
                "Levothyroxine as before, before breakfast. Blood test in six months.",
                "Your thyroid is well replaced. Take the tablet half an hour before breakfast, with water.",
            ],
            paper: (DocumentKind::Prescription, "Levothyroxine 75 µg, 50 tablets.\nOne half an hour before breakfast."),
        },
    ],
    // Pulmonology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (18, 65),
            history: Some("Asthma since childhood"),
            reasons: [
                "Wheezing at night, reliever three times a week",
                "Asthma, peak flow of the last weeks",
                "Asthma is quiet, renewal of the inhaler",
            ],
            note: [
                "Speaks in whole sentences. Peak flow at home 390 to 430.",
                "Asthma, partly controlled.",
                "Preventer twice a day. Peak flow morning and evening. Next visit in six weeks.",
                "Use the preventer every day, also when you feel well. Come at once if the reliever does not help.",
            ],
            paper: (
                DocumentKind::Prescription,
                "Budesonide inhaler 200 µg.\nOne puff morning and evening; rinse the mouth.",
            ),
        },
        Ailment {
            who: Who::Anybody,
            ages: (50, 80),
            history: Some("Smoked until 2017, chronic bronchitis"),
            reasons: [
                "Cough with phlegm for two weeks, no fever",
                "Cough, picture of the lungs to discuss",
                "Breath on stairs, exercises of the lungs",
            ],
            note: [
                "No fever. Breathes 16 times a minute. Oxygen 94 % by the own finger clip.",
                "Chronic bronchitis, a little worse.",
                "Inhaler as before, exercises, vaccination in autumn. Again if the phlegm turns green.",
                "Your bronchitis is a little worse. Use the inhaler as before and do the breathing exercises. Call if you get fever.",
            ],
            paper: (DocumentKind::Referral, "Please make an X-ray of the chest, and tell me what you find."),
        },
    ],
    // Neurology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (18, 55),
            history: Some("Migraine since the age of sixteen"),
            reasons: [
                "Migraine, usual tablets no longer help",
                "Migraine, headache diary of the month",
                "Migraine is rarer, how long to go on",
            ],
            note: [
                "No weakness, speech clear. Five attacks last month, each with nausea.",
                "Migraine without aura.",
                "Sumatriptan early in the attack, at most on eight days a month. Diary.",
                "Take the tablet early in the attack, and not on more than eight days a month. Write down each headache.",
            ],
            paper: (DocumentKind::Prescription, "Sumatriptan 50 mg, 6 tablets.\nOne early in the attack."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (35, 70),
            history: None,
            reasons: [
                "Numbness in the left hand at night",
                "Hand at night, after four weeks of the splint",
                "Hand, measurement of the nerve to discuss",
            ],
            note: [
                "Thumb and two fingers numb at night. Grip strong on both sides.",
                "Carpal tunnel syndrome on the left.",
                "Splint at night for six weeks, then measure the nerve.",
                "A nerve is pressed at your wrist. Wear the splint each night for six weeks.",
            ],
            paper: (DocumentKind::Referral, "Please measure the nerves of the left hand, and tell me what you find."),
        },
    ],
    // Gastroenterology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (25, 70),
            history: None,
            reasons: [
                "Heartburn after meals, worse when lying down",
                "Heartburn, after four weeks of tablets",
                "Stomach is quiet, how to stop the tablets",
            ],
            note: [
                "Belly soft by own touch. No weight loss, no blood. Burning two hours after meals.",
                "Reflux.",
                "Omeprazole 20 mg for four weeks, no late meals. Look into the stomach if it comes back.",
                "Acid comes up from your stomach. Take the capsule before breakfast for four weeks and eat three hours before bed.",
            ],
            paper: (DocumentKind::Prescription, "Omeprazole 20 mg, 28 capsules.\nOne half an hour before breakfast."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (20, 50),
            history: Some("Irritable bowel, known since 2016"),
            reasons: [
                "Stomach cramps and loose stool since a week",
                "Cramps, food diary of two weeks",
                "Bowel is quieter, what may be eaten",
            ],
            note: [
                "No fever, no blood. Drinks enough. Cramps before meetings.",
                "Irritable bowel, worse in a time of strain.",
                "Food diary, peppermint oil before meals, walks. Blood test once.",
                "Your bowel is sensitive, but healthy. Write down what you eat and when it cramps.",
            ],
            paper: (DocumentKind::Letter, "Is treated for a sensitive bowel. Needs a toilet nearby at work."),
        },
    ],
];
