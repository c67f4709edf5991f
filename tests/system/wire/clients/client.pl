#!/usr/bin/perl
#
# client.pl - one call by SOAP::Lite.
#
#   client.pl WSDL|- URL LOGIN NAME [CHILD VALUE]
#
# The password is in UMWS_PASSWORD. WSDL is its URL; "-" does without one and
# sends to URL. Prints "fault CODE RESPONSECODE", or "result VALUE".
use strict;
use warnings;
use LWP::UserAgent;
use SOAP::Lite;

my ($wsdl, $url, $login, $name, $child, $value) = @ARGV;
my $messages = 'http://schemas.microsoft.com/exchange/services/2006/messages';
my $client;

# For the WSDL and for the call, which have a user agent each.
no warnings 'redefine';
*LWP::UserAgent::get_basic_credentials = sub {
    return ($login, $ENV{UMWS_PASSWORD});
};

my @arguments = defined $child
    ? (SOAP::Data->name($child => $value)->uri($messages)) : ();
my ($result, $fault);
if ($wsdl eq '-') {
    $client = SOAP::Lite->proxy($url)->ns($messages)
        ->on_action(sub { join '/', @_ });
    my $answer = $client->call($name, @arguments);
    $fault = $answer if $answer->fault;
    $result = $answer->result;
} else {
    $client = SOAP::Lite->service($wsdl);
    $client->on_fault(sub { $fault = $_[1] });
    $result = $client->$name(@arguments);
}
if (defined $fault) {
    die "no answer: $fault\n" unless ref $fault;
    print join(' ', 'fault', $fault->faultcode,
        $fault->faultdetail->{ResponseCode} // '-'), "\n";
} else {
    print join(' ', 'result', defined $result && !ref $result ? $result : '-'),
        "\n";
}
