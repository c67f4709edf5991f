# The mailer, each minute, where no systemd runs; with systemd,
# umws-mailer.timer starts it. Nothing happens before there is a key.
* * * * * umws_mailer [ -d /run/systemd/system ] || [ ! -x /usr/sbin/umws-mailer ] || [ ! -e /etc/umws/mail.key ] || /usr/sbin/umws-mailer 2>&1 | logger -t umws-mailer
