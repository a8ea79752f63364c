//! What is treated in the first six fields of `words::SPECIALIZATIONS`, two things in each.

use entity::enums::DocumentKind;

use super::{Ailment, Who};

/// One row a field.
pub(super) const FIRST: [[Ailment; 2]; 6] = [
    // General medicine.
    [
        Ailment {
            who: Who::Anybody,
            ages: (45, 80),
            history: Some("High blood pressure since 2019, amlodipine 5 mg"),
            reasons: [
                "Headache in the morning, blood pressure at home around 150 over 95",
                "Follow-up of blood pressure, readings at home to go through",
                "Renewal of blood pressure tablets, feels well",
            ],
            note: [
                "Blood pressure at home 138/86, pulse 72. Ankles not swollen.",
                "High blood pressure, on one tablet a day.",
                "Go on with the tablets. Measure each morning and write it down. Next visit in four weeks.",
                "Go on with your tablets and measure your blood pressure each morning. We see each other in four weeks.",
            ],
            paper: (DocumentKind::Prescription, "Amlodipine 5 mg, 30 tablets.\nOne each morning."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (18, 60),
            history: None,
            reasons: [
                "Fever and sore throat since three days, worse in the evening",
                "Cough is still there after the cold, no fever",
                "Is the cough gone, and may work begin again",
            ],
            note: [
                "No fever. Speaks in whole sentences. Throat red.",
                "Common cold.",
                "Rest, warm drinks. Paracetamol 500 mg when needed, at most four times a day.",
                "You have a cold. Rest and drink a lot. Call again if you have fever for more than three days, or trouble breathing.",
            ],
            paper: (DocumentKind::SickNote, "Cannot work for three days from the day of the visit."),
        },
    ],
    // Paediatrics.
    [
        Ailment {
            who: Who::Anybody,
            ages: (1, 8),
            history: None,
            reasons: [
                "Runny nose and ear pain since yesterday, cries at night",
                "Ear again after the drops, sleeps better",
                "Hearing and weight, as agreed at the last visit",
            ],
            note: [
                "Awake and playing. Right eardrum red, left one normal. Drinks well.",
                "Infection of the middle ear.",
                "Paracetamol by weight, nose drops for five days. Again if fever goes on for two days.",
                "Your child has an infection of the ear, which mostly goes away by itself. Give the syrup for pain. Come again if the fever lasts for two more days.",
            ],
            paper: (
                DocumentKind::Prescription,
                "Paracetamol syrup 120 mg in 5 ml, 100 ml.\nBy weight as explained, at most four times a day.",
            ),
        },
        Ailment {
            who: Who::Anybody,
            ages: (4, 14),
            history: Some("Asthma since the age of three"),
            reasons: [
                "Wheezing at night, inhaler nearly empty",
                "Follow-up of asthma, diary of the last weeks",
                "Asthma before the school's sports week",
            ],
            note: [
                "Speaks in whole sentences, breathes calmly. Uses the spacer well.",
                "Asthma, partly controlled.",
                "Preventer morning and evening with the spacer, reliever when needed. Diary. Next visit in four weeks.",
                "Use the brown inhaler each morning and evening, the blue one only when needed. Write down the bad nights.",
            ],
            paper: (DocumentKind::Prescription, "Salbutamol inhaler 100 µg, with spacer.\nTwo puffs when needed."),
        },
    ],
    // Cardiology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (40, 80),
            history: Some("Attacks of atrial fibrillation since 2021, bisoprolol 2.5 mg"),
            reasons: [
                "Palpitations, lasting a few minutes",
                "Palpitations, the heart's recording to discuss",
                "Follow-up of the heart rhythm, no attacks since",
            ],
            note: [
                "Pulse 76, regular. Blood pressure at home 128/80. No swelling.",
                "Attacks of atrial fibrillation, rare.",
                "Go on with bisoprolol. Note date and length of each attack. Blood test before the next visit.",
                "Your heart beats regularly now. Go on with the tablets and write down when it races. Come at once with pain in the chest.",
            ],
            paper: (DocumentKind::Prescription, "Bisoprolol 2.5 mg, 30 tablets.\nOne each morning."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (55, 85),
            history: Some("Coronary heart disease, stent in 2022"),
            reasons: [
                "Shortness of breath when walking uphill",
                "Breath when walking, results of the ultrasound",
                "Follow-up after the stent, walks every day",
            ],
            note: [
                "Walks two floors without a stop. No swelling. Blood pressure 132/78.",
                "Coronary heart disease, stable.",
                "Tablets as before. Walk half an hour each day. Ultrasound of the heart once a year.",
                "Your heart is stable. Take all the tablets and walk every day. Call an ambulance if you have pain in the chest at rest.",
            ],
            paper: (DocumentKind::Referral, "Please make an ultrasound of the heart, and tell me what you find."),
        },
    ],
    // Dermatology.
    [
        Ailment {
            who: Who::Anybody,
            ages: (18, 60),
            history: Some("Hay fever and dry skin since childhood"),
            reasons: [
                "Itching rash on both hands since the weekend",
                "Rash on the hands, after a week of the cream",
                "Hands are better, how to go on",
            ],
            note: [
                "Dry red patches on both hands, no blisters.",
                "Eczema of the hands.",
                "Hydrocortisone 1 % in the evening for seven days, moisturiser several times a day, gloves for washing up.",
                "You have eczema. Put the cream on in the evening for a week, and moisturiser whenever your hands feel dry. Wear gloves when you wash up.",
            ],
            paper: (DocumentKind::Prescription, "Hydrocortisone cream 1 %, 30 g.\nThinly each evening for seven days."),
        },
        Ailment {
            who: Who::Anybody,
            ages: (14, 30),
            history: None,
            reasons: [
                "Spots on face and back, worse since the summer",
                "Skin after six weeks of the gel",
                "Acne, skin is calmer, how long to go on",
            ],
            note: [
                "Blackheads and some inflamed spots on cheeks and forehead, no scars.",
                "Mild to moderate acne.",
                "Benzoyl peroxide gel in the evening, mild washing twice a day. Next visit in six weeks.",
                "Use the gel each evening. It takes six weeks until the skin is better; it may be dry at first.",
            ],
            paper: (DocumentKind::Prescription, "Benzoyl peroxide gel 5 %, 40 g.\nThinly each evening."),
        },
    ],
    // Gynaecology and obstetrics.
    [
        Ailment {
            who: Who::Woman,
            ages: (21, 38),
            history: Some("One pregnancy before, without complications"),
            reasons: [
                "Pregnancy check, no complaints",
                "Pregnancy check, result of the blood test",
                "Pregnancy check, swollen feet in the evening",
            ],
            note: [
                "Feels the child move. Blood pressure 116/72. No bleeding, no contractions.",
                "Pregnancy without complications.",
                "Iron and folic acid as before. Next check in four weeks.",
                "You and your child are well. Go on with iron and folic acid. Call at once if you bleed or feel the child less.",
            ],
            paper: (DocumentKind::Prescription, "Iron with folic acid, 30 tablets.\nOne a day, not with tea."),
        },
        Ailment {
            who: Who::Woman,
            ages: (18, 45),
            history: None,
            reasons: [
                "Irregular periods for half a year",
                "Periods, results of ultrasound and blood test",
                "Periods are regular with the tablets, renewal",
            ],
            note: [
                "Cycles of 35 to 60 days. No pain. Weight steady.",
                "Irregular cycles, probably polycystic ovaries.",
                "Ultrasound and hormones. Calendar of the periods.",
                "Your periods come late because of your hormones; it is common and can be treated. Write down when they begin.",
            ],
            paper: (DocumentKind::Referral, "Please make an ultrasound of the pelvis, and tell me what you find."),
        },
    ],
    // Orthopaedics.
    [
        Ailment {
            who: Who::Anybody,
            ages: (50, 80),
            history: Some("Wear of the right knee, known since 2020"),
            reasons: [
                "Pain in the right knee when climbing stairs",
                "Knee after three weeks of exercises",
                "Knee, whether an injection makes sense",
            ],
            note: [
                "Walks without help. Right knee bends to 110 degrees, a little swollen, not warm.",
                "Wear of the right knee.",
                "Exercises, cycling, paracetamol before long walks. X-ray if it is not better in six weeks.",
                "The cartilage of your knee is worn. Strong muscles help the most: do the exercises every day.",
            ],
            paper: (
                DocumentKind::Referral,
                "Please see this patient for exercises of the knee, twice a week for six weeks.",
            ),
        },
        Ailment {
            who: Who::Anybody,
            ages: (20, 55),
            history: None,
            reasons: [
                "Lower back pain after carrying a load at work",
                "Back pain, better in the morning, worse after work",
                "Back is better, how to lift at work",
            ],
            note: [
                "Walks without help. Bends forward with pain. No numbness.",
                "Pain of the lower back, without signs of a nerve.",
                "Keep moving, warmth, exercises as shown. Come in person if a leg becomes weak or numb.",
                "Your back hurts, and nothing dangerous was found. Keep moving and do the exercises twice a day. Come at once if a leg becomes weak or numb.",
            ],
            paper: (DocumentKind::SickNote, "Cannot carry loads for seven days from the day of the visit."),
        },
    ],
];
