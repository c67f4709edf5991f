<?php
/*
 * client.php - calls by PHP's SoapClient, as a web programmer makes them.
 *
 * stdin: one JSON object with wsdl (a URL, a path, or null), options (of
 * SoapClient), and calls, each a list of a name and its argument.
 * stdout: one JSON list, for each call its result or the SoapFault.
 */
declare(strict_types=1);

$job = json_decode(stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR);
$answers = [];
$client = new SoapClient($job['wsdl'], $job['options'] + [
    'cache_wsdl' => WSDL_CACHE_NONE,
    'exceptions' => true,
]);
foreach ($job['calls'] as [$name, $arguments]) {
    try {
        $answers[] = ['result' => $client->__soapCall($name, $arguments)];
    } catch (SoapFault $fault) {
        $answers[] = [
            'code' => $fault->faultcode,
            'string' => $fault->faultstring,
            'detail' => $fault->detail ?? null,
        ];
    }
}
echo json_encode($answers, JSON_THROW_ON_ERROR), "\n";
