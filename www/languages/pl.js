/* pl.js - the pages in Polish. */
export default {
	title: 'PIN poczty głosowej',
	language: 'Język',
	loading: 'Proszę czekać: sprawdzany jest stan kodu PIN.',

	account: 'Zalogowano jako',
	address: 'E-maile trafiają na adres',
	extension: 'Numer wewnętrzny',
	set: 'Ustawiono',
	expires: 'Wygasa',
	first_logon: 'Do użycia przed',
	locked_since: 'Zablokowano',

	state_title: 'Twój PIN',
	state_ready: 'Twój PIN jest ważny.',
	state_no_pin: 'Nie masz jeszcze kodu PIN.',
	state_must_change: 'Twój PIN służy tylko do jednego zalogowania ' +
	    'przez telefon: potem trzeba będzie wybrać własny.',
	state_expired: 'Twój PIN wygasł. Przy następnym logowaniu przez ' +
	    'telefon trzeba będzie wybrać nowy.',
	state_ended: 'Twój PIN nie jest już ważny, ponieważ nie został ' +
	    'użyty na czas. Zresetuj go, aby otrzymać nowy.',
	state_reset_due: 'Twój PIN nie jest już ważny, ponieważ zbyt często ' +
	    'podawano błędny PIN. Zresetuj go, aby otrzymać nowy.',
	state_locked_out: 'Twoja skrzynka jest zablokowana, ponieważ zbyt ' +
	    'często podawano błędny PIN. Do końca blokady żaden PIN nie ' +
	    'jest przyjmowany.',
	state_locked_admin: 'Administrator zablokował Twoją skrzynkę. Do ' +
	    'końca blokady żaden PIN nie jest przyjmowany.',
	state_disabled: 'Nie masz tu skrzynki poczty głosowej albo jest ona ' +
	    'wyłączona.',
	state_enabled: 'Masz skrzynkę poczty głosowej.',
	state_unknown: 'W tej chwili nie można pokazać stanu kodu PIN.',
	lock_ends: 'Blokada skończy się sama: {date}.',
	lock_lasts: 'Blokadę może zdjąć dział pomocy technicznej.',
	pin_locked: 'Administrator zablokował zmianę Twojego kodu PIN. Nie ' +
	    'można go tu zresetować.',

	reset_title: 'Nowy PIN',
	reset_text: 'Nowy PIN zostanie wylosowany i wysłany do Ciebie ' +
	    'e-mailem. Nigdy nie jest pokazywany na tej stronie.',
	reset: 'Zresetuj mój PIN',
	confirm_title: 'Zresetować PIN teraz?',
	confirm_old: 'Dotychczasowy PIN natychmiast przestanie działać.',
	confirm_mail: 'Nowy zostanie wysłany e-mailem na adres {address}.',
	confirm_mail_plain: 'Nowy zostanie wysłany e-mailem na adres Twojej ' +
	    'skrzynki.',
	confirm_again: 'To już zostało zrobione ({time}). Jeśli zrobisz to ' +
	    'ponownie, PIN z tamtego e-maila przestanie działać.',
	confirm_yes: 'Tak, zresetuj mój PIN',
	confirm_no: 'Nie, zachowaj mój PIN',
	working: 'Trwa resetowanie kodu PIN. Proszę nie zamykać tej strony.',

	done_title: 'Twój PIN został zresetowany.',
	done_mail: 'E-mail z nowym kodem PIN jest w drodze na adres ' +
	    '{address}.',
	done_mail_plain: 'E-mail z nowym kodem PIN jest w drodze na adres ' +
	    'Twojej skrzynki.',
	done_time: 'Zwykle przychodzi w ciągu pięciu minut. Jeśli nie, ' +
	    'zajrzyj też do folderu z niechcianą pocztą.',
	done_last: 'Jeśli przyjdzie kilka takich e-maili, ważny jest tylko ' +
	    'PIN z najnowszego.',
	done_call: 'Następnie zadzwoń do poczty głosowej i podaj nowy PIN. ' +
	    'Jeśli pojawi się taka prośba, wybierz własny PIN.',
	done_locked: 'Twoja skrzynka jest nadal zablokowana: nowy PIN ' +
	    'zadziała po zakończeniu blokady.',

	unknown_title: 'Nie wiadomo na pewno, czy Twój PIN został ' +
	    'zresetowany.',
	unknown_wait: 'Poczekaj dziesięć minut na e-mail. Jeśli przyjdzie, ' +
	    'ważny jest PIN z niego, a stary już nie.',
	unknown_none: 'Jeśli nie przyjdzie, stary PIN może być nadal ważny. ' +
	    'Można wtedy zresetować go ponownie.',

	failed_title: 'Twój PIN nie został zresetowany.',
	unchanged: 'Niczego nie zmieniono.',
	error_signin: 'Nie jesteś już zalogowany(-a).',
	error_forbidden: 'Serwer WWW na to nie pozwala.',
	error_many: 'Z Twojej sieci nadeszło zbyt wiele żądań. Spróbuj ' +
	    'ponownie za minutę.',
	error_invalid: 'Ta strona i usługa nie pasują do siebie. Wczytaj ' +
	    'stronę ponownie; jeśli to nie pomoże, powiadom dział pomocy ' +
	    'technicznej.',
	error_denied: 'Nie możesz tego zrobić za innych.',
	error_nobody: 'Nie ma takiej skrzynki.',
	error_disabled: 'Nie masz tu skrzynki poczty głosowej albo jest ona ' +
	    'wyłączona.',
	error_locked: 'Administrator zablokował zmianę Twojego kodu PIN. ' +
	    'Zwróć się do działu pomocy technicznej.',
	error_busy: 'Usługa jest zajęta. Spróbuj ponownie za minutę.',
	error_limit: 'Zrobiono to zbyt wiele razy. Można spróbować ponownie ' +
	    'w tym czasie: {date}.',
	error_away: 'Usługa nie ma w tej chwili dostępu do danych. Spróbuj ' +
	    'ponownie za kilka minut.',
	error_broken: 'W samej usłudze wystąpił błąd. Powiadom dział pomocy ' +
	    'technicznej.',
	error_offline: 'Brak połączenia z siecią.',
	error_unknown: 'Usługa nie odpowiedziała. Spróbuj ponownie za kilka ' +
	    'minut.',
	reference: 'Numer dla działu pomocy technicznej: {reference}',
	sign_in: 'Zaloguj się ponownie',
	try_again: 'Spróbuj ponownie',

	access_title: 'Zadzwoń do poczty głosowej',
	access_none: 'Numer poczty głosowej zna dział pomocy technicznej.',
	contact: 'Dział pomocy technicznej: {contact}',
	private: 'Nie podawaj nikomu kodu PIN. Kto Ci pomaga, nie ' +
	    'potrzebuje go.',

	desk_title: 'Pomoc techniczna poczty głosowej',
	desk_link: 'Otwórz stronę działu pomocy technicznej',
	desk_back: 'Otwórz stronę własnego kodu PIN',
	desk_find: 'Znajdź skrzynkę',
	desk_label: 'Login, numer wewnętrzny, adres e-mail lub początek ' +
	    'nazwiska',
	desk_search: 'Szukaj',
	desk_none: 'Nie znaleziono skrzynki.',
	desk_more: 'Jest ich więcej. Wpisz więcej z nazwiska.',
	desk_wait: 'Proszę czekać.',
	desk_policy: 'Zasady',
	desk_failed: 'Nieudane logowania',
	desk_mail: 'Najnowsza wiadomość',
	desk_mail_queued: 'oczekuje',
	desk_mail_sent: 'wysłana',
	desk_mail_superseded: 'zastąpiona nowszą',
	desk_mail_lost: 'niewysłana',
	desk_ready: 'PIN jest ważny.',
	desk_no_pin: 'Nie ma jeszcze kodu PIN.',
	desk_must_change: 'PIN trzeba zmienić przy następnym logowaniu.',
	desk_expired: 'PIN wygasł: trzeba go zmienić przy następnym ' +
	    'logowaniu.',
	desk_ended: 'PIN nie jest już ważny: nie użyto go na czas.',
	desk_reset_due: 'PIN nie jest już ważny: zbyt często wpisano błędny.',
	desk_locked_out: 'Skrzynka jest zablokowana: zbyt często wpisano ' +
	    'błędny PIN.',
	desk_locked_admin: 'Skrzynkę zablokował administrator i tylko on ' +
	    'może ją odblokować.',
	desk_disabled: 'Skrzynka jest wyłączona.',
	desk_pin_locked: 'Administrator zablokował zmianę kodu PIN.',
	desk_reason: 'Powód, do rejestru',
	desk_reset: 'Zresetuj PIN',
	desk_unlock: 'Odblokuj',
	desk_reset_done: 'PIN użytkownika {login} został zresetowany. ' +
	    'Wiadomość z nowym trafi do użytkownika.',
	desk_unlock_done: 'Blokada {login} została zdjęta.',
	desk_nothing: 'Nie było blokady {login} do zdjęcia.',
	desk_unknown: 'Nie ma pewności, czy to zrobiono. Obejrzyj ' +
	    'skrzynkę ponownie.',
	desk_denied: 'Nie masz roli pomocy technicznej albo nie dla tej ' +
	    'skrzynki.',
	desk_private: 'Nigdy nie widzisz kodu PIN. Nikogo o niego nie ' +
	    'pytaj. To, co tu robisz, jest rejestrowane.',
};
