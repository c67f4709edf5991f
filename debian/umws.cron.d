# What is for once a day, where no systemd runs; with systemd, umws-seal.timer
# and umws-purge.timer start it. Nothing happens before there is a key.
#
# A seal over what the audit has got since.
17 3 * * * root [ -d /run/systemd/system ] || [ ! -x /usr/bin/umwsctl ] || [ ! -e /etc/umws/audit.key ] || /usr/bin/umwsctl audit seal 2>&1 | logger -t umwsctl
#
# What is old goes: mails after 90 days, the audit after 400.
37 3 * * * root [ -d /run/systemd/system ] || [ ! -x /usr/bin/umwsctl ] || [ ! -e /etc/umws/pepper.key ] || /usr/bin/umwsctl db purge --max-time 2h 2>&1 | logger -t umwsctl
#
# Users whose PIN expires within 14 days are told, once for each PIN. With
# systemd: systemctl enable --now umws-expiring.timer
#7 * * * * root [ -d /run/systemd/system ] || [ ! -x /usr/bin/umwsctl ] || /usr/bin/umwsctl notify expiring --days 14 2>&1 | logger -t umwsctl
#
# Another system is told of changes of PINs, when on_change of umws.conf names
# it. With systemd: systemctl enable --now umws-changes.timer
#* * * * * root [ -d /run/systemd/system ] || [ ! -x /usr/bin/umwsctl ] || /usr/bin/umwsctl notify changes 2>&1 | logger -t umwsctl
