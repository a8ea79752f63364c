//! What the demo's people are called and what ails them: plausible, and nobody in particular.

pub(super) const WOMEN: [&str; 24] = [
    "Aarati", "Anjali", "Asha", "Devi", "Gita", "Indira", "Janaki", "Kabita", "Laxmi", "Manisha", "Maya", "Mina",
    "Nirmala", "Pooja", "Pramila", "Puja", "Rekha", "Sabina", "Sarita", "Shanti", "Sita", "Sushila", "Tara", "Usha",
];

pub(super) const MEN: [&str; 24] = [
    "Abhishek", "Anil", "Bikash", "Binod", "Bishnu", "Chandra", "Deepak", "Dilip", "Dipesh", "Gopal", "Hari", "Ishwor",
    "Kamal", "Keshav", "Kiran", "Madan", "Nabin", "Narayan", "Prakash", "Rajesh", "Ramesh", "Roshan", "Sanjay",
    "Sunil",
];

pub(super) const LAST_NAMES: [&str; 40] = [
    "Acharya",
    "Adhikari",
    "Bajracharya",
    "Basnet",
    "Bhandari",
    "Bhattarai",
    "Bista",
    "Chaudhary",
    "Dahal",
    "Devkota",
    "Ghimire",
    "Giri",
    "Gurung",
    "Joshi",
    "Karki",
    "Khadka",
    "Khanal",
    "Koirala",
    "Lama",
    "Lamichhane",
    "Limbu",
    "Magar",
    "Maharjan",
    "Mahato",
    "Neupane",
    "Ojha",
    "Pandey",
    "Paudel",
    "Poudyal",
    "Rai",
    "Rana",
    "Regmi",
    "Sapkota",
    "Shah",
    "Sharma",
    "Sherpa",
    "Shrestha",
    "Subedi",
    "Tamang",
    "Thapa",
];

/// Name, address, zone.
pub(super) const HOSPITALS: [(&str, &str, &str); 10] = [
    ("Bagmati Valley Hospital", "Pulchowk, Lalitpur", "Asia/Kathmandu"),
    ("Phewa Lakeside Clinic", "Lakeside, Pokhara", "Asia/Kathmandu"),
    ("Koshi Teaching Hospital", "Main Road, Biratnagar", "Asia/Kathmandu"),
    ("Lumbini Family Hospital", "Milan Chowk, Butwal", "Asia/Kathmandu"),
    ("Rapti Community Hospital", "Hospital Line, Tulsipur", "Asia/Kathmandu"),
    ("Seti Mother and Child Clinic", "Airport Road, Dhangadhi", "Asia/Kathmandu"),
    ("Trishuli River Hospital", "Bazaar, Bidur", "Asia/Kathmandu"),
    ("Janaki Eye and General", "Station Road, Janakpur", "Asia/Kathmandu"),
    ("Teesta Hill Hospital", "Mall Road, Darjeeling", "Asia/Kolkata"),
    ("Ilam Garden Clinic", "Tea Road, Ilam", "Asia/Kathmandu"),
];

pub(super) const SPECIALIZATIONS: [&str; 12] = [
    "General medicine",
    "Paediatrics",
    "Cardiology",
    "Dermatology",
    "Gynaecology and obstetrics",
    "Orthopaedics",
    "Ear, nose and throat",
    "Psychiatry",
    "Endocrinology",
    "Pulmonology",
    "Neurology",
    "Gastroenterology",
];

pub(super) const EDUCATION: [&str; 5] = [
    "MBBS, MD, Tribhuvan University",
    "MBBS, Kathmandu University; MD, B.P. Koirala Institute of Health Sciences",
    "MBBS, Patan Academy of Health Sciences; fellowship in telemedicine",
    "MD, National Academy of Medical Sciences",
    "MBBS, MS, Institute of Medicine",
];

pub(super) const BIOS: [&str; 5] = [
    "Takes time to explain. Sees patients in person and by video.",
    "Follows families over years; reachable for follow-up questions after each visit.",
    "Special interest in chronic illness and in patients who live far from the hospital.",
    "Believes in few tests and careful listening.",
    "Works with rural health posts and reviews their patients by video.",
];

pub(super) const REJECTIONS: [&str; 4] = [
    "Please see a specialist for this; the desk will help you to find one.",
    "I am not in the clinic that day.",
    "This needs an examination in person. Please come to the emergency department.",
    "Your last visit covers this; the prescription is still valid.",
];

pub(super) const CANCELLATIONS: [&str; 5] = [
    "Feeling better, no visit needed.",
    "Cannot travel that day.",
    "The doctor was called to an emergency.",
    "Booked twice by mistake.",
    "The road is closed after the rain.",
];

pub(super) const ALLERGIES: [&str; 6] =
    ["Penicillin: rash", "Ibuprofen: asthma", "Peanuts", "Sulfonamides", "Shellfish; iodine contrast", "Latex"];

pub(super) const TIME_OFF: [&str; 4] = ["Annual leave", "Conference", "Rural health camp", "Family"];

/// What each hospital tells its doctors for an emergency.
pub(super) const EMERGENCY: &str =
    "Stay on the line. Call 102 for an ambulance and say where the patient is; then tell the desk.";
