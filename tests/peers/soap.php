<?php
/*
 * soap.php - ResetPIN as a web programmer writes it: SoapServer and PDO.
 *
 * The peer that tools/bench holds umws against. It does the same work for
 * the same client behind the same nginx, in a database with umws's own
 * tables: a PIN by the policy, an Argon2id verifier under the pepper, the
 * history, the PIN sealed to the mailer, one transaction with verifier,
 * history row, audit row and queued mail.
 *
 * PEER_VARIANT, a FastCGI parameter, says how:
 *
 *   prepared  one derivation by libsodium under a kept salt; prepared
 *             statements in one transaction
 *   function  the same derivation; one call of one SQL function, peer.sql
 */
declare(strict_types=1);

const HISTORY = 5;
const KIND = 'reset';

/* The first key of a key file: its id and its bytes. */
function key_of(string $path): array
{
    foreach (file($path, FILE_IGNORE_NEW_LINES) as $line) {
        if ($line !== '' && $line[0] !== '#') {
            [$id, $text] = explode(':', $line, 2);
            return [$id, base64_decode($text)];
        }
    }
    throw new RuntimeException("$path holds no key");
}

function uuid(): string
{
    $bytes = random_bytes(16);
    $bytes[6] = chr((ord($bytes[6]) & 0x0f) | 0x40);
    $bytes[8] = chr((ord($bytes[8]) & 0x3f) | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
}

/* A PIN that is no 123456, no 111111 and not the end of the extension. */
function draw_pin(int $length, string $extension): string
{
    do {
        $pin = '';
        for ($i = 0; $i < $length; $i++) {
            $pin .= (string)random_int(0, 9);
        }
    } while (count_chars($pin, 3) === $pin[0]
        || str_contains('01234567890123456789', $pin)
        || str_contains('98765432109876543210', $pin)
        || ($extension !== '' && str_ends_with($pin, $extension))
        || ($extension !== '' && str_ends_with($extension, $pin)));
    return $pin;
}

class Peer
{
    private PDO $db;
    private string $pepper_id;
    private string $pepper;
    private string $mail_key_id;
    private string $mail_key;
    private array $cost;
    private string $login;
    private string $request_id;
    private string $reset_id;

    public function __construct()
    {
        $this->login = strtolower($_SERVER['REMOTE_USER']);
        $this->request_id = uuid();
        $this->reset_id = uuid();
        [$this->pepper_id, $this->pepper] = key_of(getenv('PEER_PEPPER'));
        [$this->mail_key_id, $this->mail_key] =
            key_of(getenv('PEER_MAIL_KEY'));
        $this->cost = array_map('intval', explode(',', getenv('PEER_KDF')));
        $this->db = new PDO(getenv('PEER_DSN'), null, null, [
            PDO::ATTR_PERSISTENT => true,
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_EMULATE_PREPARES => false,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        ]);
    }

    /* The operation. */
    public function ResetPIN(): void
    {
        if ($_SERVER['PEER_VARIANT'] === 'function') {
            $this->reset_by_function();
        } else {
            $this->reset_by_statements();
        }
    }

    private function run(string $sql, array $values, array $options = []
        ): PDOStatement
    {
        $statement = $this->db->prepare($sql, $options);
        $statement->execute($values);
        return $statement;
    }

    private function seal(int $user_id, string $recipient, string $pin): string
    {
        $text = implode("\0", ['umws1', $this->reset_id, (string)$user_id,
            KIND, $recipient, $pin]);
        return '\x01' . $this->mail_key_id
            . bin2hex(sodium_crypto_box_seal($text, $this->mail_key));
    }

    /*
     * The verifier of a PIN. The salt is the user's, without asking the
     * database for it, so that equal PINs are equal text.
     */
    private function verifier(int $user_id, string $pin): string
    {
        $mac = hash_hmac('sha256', "$user_id\0$pin", $this->pepper, true);
        $salt = substr(hash_hmac('sha256', $this->login, $this->pepper, true),
            0, 16);
        [$memory, $passes, $lanes] = $this->cost;
        $hash = sodium_crypto_pwhash(32, $mac, $salt, $passes,
            $memory * 1024, SODIUM_CRYPTO_PWHASH_ALG_ARGON2ID13);
        return "\$argon2id\$v=19\$m=$memory,t=$passes,p=$lanes\$"
            . rtrim(base64_encode($salt), '=') . '$'
            . rtrim(base64_encode($hash), '=');
    }

    private function insert(string $table, array $row): void
    {
        $this->run("INSERT INTO umws.$table (" . implode(', ', array_keys($row))
            . ') VALUES (' . implode(', ', array_fill(0, count($row), '?'))
            . ')', array_values($row));
    }

    private function reset_by_statements(): void
    {
        $this->db->beginTransaction();
        $user = $this->run('SELECT u.id, u.email, u.display_name, u.locale,
                coalesce(u.extension, \'\') AS extension, u.um_enabled,
                u.pin_locked, u.generation,
                u.locked_out_at IS NOT NULL AS is_locked_out, p.name,
                p.min_pin_length, p.pin_lifetime_days,
                p.temp_pin_lifetime_days, p.resets_per_hour,
                p.resets_per_day, p.access_numbers, p.reset_pin_text
            FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
            WHERE u.login = ? FOR UPDATE OF u', [$this->login])->fetch();
        if (!$user || !$user['um_enabled'] || $user['pin_locked']) {
            $this->db->rollBack();
            throw new SoapFault('Server', 'ErrorUserNotUnifiedMessaging');
        }
        $this->check_limits($user);
        do {
            $pin = draw_pin($user['min_pin_length'], $user['extension']);
            $history = $this->run('SELECT verifier FROM umws.pin_history
                WHERE user_id = ? ORDER BY generation DESC LIMIT ' . HISTORY,
                [$user['id']])->fetchAll(PDO::FETCH_COLUMN);
            $verifier = $this->verifier($user['id'], $pin);
        } while (in_array($verifier, $history, true));
        $this->store($user, $pin, $verifier);
        $this->db->commit();
    }

    private function check_limits(array $user): void
    {
        foreach ([['resets_per_hour', '1 hour'],
                  ['resets_per_day', '1 day']] as [$name, $span]) {
            if ($user[$name] > 0 && $this->run("SELECT count(*)
                    FROM umws.audit WHERE user_id = ? AND action = 'reset'
                    AND result = 'ok' AND at > now() - interval '$span'",
                    [$user['id']])->fetchColumn() >= $user[$name]) {
                $this->db->rollBack();
                throw new SoapFault('Server', 'ErrorServerBusy');
            }
        }
    }

    private function store(array $user, string $pin, string $verifier): void
    {
        $id = $user['id'];
        $generation = $user['generation'] + 1;
        $now = time();
        $expires = $this->days($now, $user['pin_lifetime_days']);
        $temporary = $this->days($now, $user['temp_pin_lifetime_days']);
        $ends = array_filter([$expires, $temporary]);
        $until = $ends ? min($ends) : $this->days($now, 5);
        $set_at = gmdate('c', $now);
        $this->run('UPDATE umws.um_user SET pin_key_id = ?, verifier = ?,
                generation = ?, set_at = ?, expires_at = ?,
                must_change = true, failed_logons = 0, reset_due = false
            WHERE id = ?', [$this->pepper_id, $verifier, $generation,
            $set_at, $expires, $id]);
        $this->insert('pin_history', ['user_id' => $id,
            'generation' => $generation, 'pin_key_id' => $this->pepper_id,
            'verifier' => $verifier, 'set_at' => $set_at]);
        $this->run('DELETE FROM umws.pin_history
            WHERE user_id = ? AND generation <= ?', [$id, $generation - 20]);
        $this->run('UPDATE umws.outbox SET state = \'superseded\',
                sealed = NULL
            WHERE user_id = ? AND state IN (\'queued\', \'sending\')', [$id]);
        $this->insert('outbox', ['id' => $this->reset_id, 'user_id' => $id,
            'generation' => $generation, 'kind' => KIND,
            'recipient' => $user['email'], 'locale' => $user['locale'],
            'key_id' => $this->mail_key_id,
            'sealed' => $this->seal($id, $user['email'], $pin),
            'next_attempt_at' => $set_at, 'created_at' => $set_at,
            'expires_at' => $until, 'display_name' => $user['display_name'],
            'extension' => $user['extension'],
            'access_numbers' => $user['access_numbers'],
            'extra_text' => $user['reset_pin_text'],
            'is_locked_out' => $user['is_locked_out'] ? 't' : 'f',
            'must_change' => 't', 'pin_expires_at' => $expires,
            'temporary_until' => $temporary]);
        $this->run('INSERT INTO umws.audit (at, user_id, login, actor,
                actor_address, way, action, result, policy, operation_id,
                request_id, reset_number)
            VALUES (?, ?, ?, ?, ?, \'soap\', \'reset\', \'ok\', ?, ?, ?,
                nextval(\'umws.audit_reset_number_seq\'))',
            [$set_at, $id, $this->login, $this->login,
            $_SERVER['REMOTE_ADDR'], $user['name'], $this->reset_id,
            $this->request_id]);
    }

    private function days(int $now, int $days): ?string
    {
        return $days > 0 ? gmdate('c', $now + 86400 * $days) : null;
    }

    /*
     * One round trip for everything: what the PIN is drawn by is asked of
     * nobody, since the pool's configuration says it, and what it is sealed
     * to are id and address that this installation can compute.
     */
    private function reset_by_function(): void
    {
        $number = (int)substr($this->login, 4);
        do {
            $pin = draw_pin(6, (string)(20000 + $number));
            $verifier = $this->verifier($number, $pin);
            $sealed = $this->seal($number, "$this->login@example.test", $pin);
            $result = $this->run('SELECT peer.reset(?, ?, ?, ?, ?, ?, ?, ?)',
                [$this->login, $_SERVER['REMOTE_ADDR'], $this->request_id,
                $this->pepper_id, $verifier, $this->reset_id,
                $this->mail_key_id, $sealed],
                [PDO::PGSQL_ATTR_DISABLE_PREPARES => true])->fetchColumn();
        } while ($result === 'history');
        if ($result !== 'ok') {
            throw new SoapFault('Server', $result);
        }
    }
}

$server = new SoapServer(null, ['uri' =>
    'https://schemas.microsoft.com/exchange/services/2006/messages']);
$server->setObject(new Peer());
$server->handle();
