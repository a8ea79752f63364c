#!/usr/bin/env perl
# Puts every mutant into the sources below the current directory, each switched off, and prints the id of each.
# An id is file:name#number, the number counting that name in that file.
use strict;
use warnings;

my $parens = qr/(\((?:[^()]++|(?-1))*\))/;
my %unit = map { $_ => 1 } qw(Everything Hospitals Platform SignIns Directory);
my ($file, %count);

sub id {
    my ($name) = @_;
    my $short = $file =~ s{^src/}{}r;
    my $id = "$short:$name#" . ++$count{"$short:$name"};
    print "$id\n";
    return $id;
}

# Replaces what is not in a comment. Fails when there is nothing to replace and there should be.
sub each_of {
    my ($text, $pattern, $with, $least) = @_;
    my $done = 0;
    $$text =~ s{(?<comment>^\h*//.*$)|$pattern}{ defined $+{comment} ? $& : ($done++, $with->())[1] }gme;
    die "$file: $pattern is there $done times, and should be at least $least times\n" if $done < ($least // 0);
}

sub name_topics {
    my ($text, $type) = @_;
    each_of($text, qr/\b${type}::(?<name>[A-Z]\w*)(?<args>$parens)?/, sub {
        my ($name, $args) = ($+{name}, $+{args});
        my $id = id($name);
        my $function = !defined $args && !$unit{$name};
        $args = $function ? '(id)' : $args // '';
        return ($function ? '|id| ' : '') . qq{crate::mutants::topic("$id", ${type}::$name$args)};
    });
}

# Constants cannot ask the environment.
sub make_functions_of_constants {
    my ($text) = @_;
    my @names;
    each_of($text, qr/const (?<name>\w+): (?<type>\[Topic; \d+\]) = (?<value>\[[^\]]*\]);/, sub {
        push @names, $+{name};
        return "#[allow(non_snake_case)]\nfn $+{name}() -> $+{type} { $+{value} }";
    });
    for my $name (@names) {
        each_of($text, qr/(?<!fn )\b$name\b/, sub {
            my $id = id($name);
            return qq{crate::mutants::topics("$id", $name())};
        }, 1);
    }
}

sub uses_of_topics {
    my ($text) = @_;
    my $viewer = qr/viewer\.visit_topics\(\)|\b(?:\w+_)?topics\(viewer\)|visits_and_inbox\(viewer\)/;
    my $visit = qr/\b(?:\w+\.)*(?:before|visit)\.topics\(\)|\btopics\(slot\)|\b\w+\.seen_by(?:\(id\)|\b(?!\())/;
    my $made = qr/Topics::of_(?:person|contact|hospital|sign_in)$parens|Topic::of_visit$parens/;
    each_of($text, qr/(?<!fn )(?<made>$viewer|$visit|$made)/, sub {
        my $made = $+{made};
        my ($name) = $made =~ /(\w+)(?:\(.*)?\z/s;
        my $id = id($name);
        return qq{crate::mutants::topics("$id", $made)};
    });
}

sub looks_at_the_clock {
    my ($text) = @_;
    each_of($text, qr/(?<!fn )\b(?<who>pages\.present\(\)|(?:\w+\.)*present)\.(?<what>has_come|is_past|date)\(/, sub {
        my ($who, $what) = ($+{who}, $+{what});
        my $id = id($what);
        return qq{crate::mutants::unnoticed("$id", &$who).$what(};
    });
    notes($text, 'present');
}

sub notes {
    my ($text, $who, $least) = @_;
    each_of($text, qr/\b$who\.(?<what>ends_with|changes_at)(?<args>$parens);/, sub {
        my ($what, $args) = ($+{what}, $+{args});
        my $id = id($what);
        return qq{if !crate::mutants::is_on("$id") { $who.$what$args; }};
    }, $least);
}

sub change {
    ($file, my $how) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    my ($code, $tests) = $text =~ /\A(.*?)(^#\[cfg\(test\)\].*)?\z/ms;
    $how->(\$code);
    open my $out, '>', $file or die "$file: $!\n";
    print $out $code, $tests // '';
}

for my $path (sort split /\n/, `find src/access src/features src/session -name '*.rs'`) {
    change($path, sub {
        my ($text) = @_;
        make_functions_of_constants($text);
        name_topics($text, 'Topic');
        uses_of_topics($text);
        looks_at_the_clock($text);
    });
}
# What others name through these.
change('src/coherence/topic.rs', sub {
    my ($text) = @_;
    my %type = (of_visit => 'Self', of_person => 'Topic', of_contact => 'Topic', of_hospital => 'Topic', of_sign_in => 'Topic');
    for my $name (qw(of_visit of_person of_contact of_hospital of_sign_in)) {
        my ($head, $body) = $$text =~ m/(.*?pub fn $name\()(.*?\n    \}\n)/s or die "$file: no $name\n";
        my ($start, $length) = (length $head, length $body);
        name_topics(\$body, $type{$name});
        substr($$text, $start, $length) = $body;
    }
});
change('src/web/present.rs', sub {
    my ($text) = @_;
    notes($text, 'self', 4);
    each_of($text, qr/microseconds\(1\)/, sub { 'microseconds(crate::mutants::number("' . id('microsecond') . '", (1, 0)))' }, 1);
});
# What no page shows: tests/mutation/planted.txt says which test misses it.
sub plant {
    my ($path, $pattern, $name, $with) = @_;
    change($path, sub { each_of($_[0], $pattern, sub { $with->(id($name)) }, 1) });
}
plant('src/live/handlers.rs', qr/header::CONTENT_ENCODING(?=, "identity")/, 'identity', sub {
    qq{if crate::mutants::is_on("$_[0]") { header::HeaderName::from_static("x-planted") } else { header::CONTENT_ENCODING }}
});
plant('src/coherence/store/redis/scripts.rs', qr/\(WRITER, RENEW\)/, 'publish', sub {
    qq{(WRITER, crate::mutants::without("$_[0]", RENEW, "redis.call('PUBLISH', channel, message) "))}
});
plant('src/app.rs', qr/state\.live\.end\(\)/, 'end', sub { qq[if !crate::mutants::is_on("$_[0]") { state.live.end() }] });
# Tests that start the program tell it as well.
change('tests/cli/program.rs', sub {
    each_of($_[0], qr/\.env_clear\(\)/, sub { '.env_clear().envs(std::env::vars().filter(|(name, _)| name == "MUTANT"))' }, 1);
}) if -e 'tests/cli/program.rs';
change('src/lib.rs', sub { ${ $_[0] } .= "\npub mod mutants;\n" });
