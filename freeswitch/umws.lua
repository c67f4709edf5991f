-- umws.lua - voice mail behind PINs that umws knows, for FreeSWITCH.
--
--   cp umws.lua /usr/share/freeswitch/scripts/
--
-- and the number of your voice mail, in the dial plan:
--
--   <extension name="voice mail">
--     <condition field="destination_number" expression="^\*97$">
--       <action application="answer"/>
--       <action application="lua" data="umws.lua"/>
--     </condition>
--   </extension>
--
-- umws-agi --once asks umws: the digits go to its standard input, so that
-- they are in no command line, event or log, as they would be with mod_curl.
-- Three names to check: the program, the URL of the phone route, and
-- /etc/umws/agi.account ("account:password"), which FreeSWITCH's user alone
-- may read.

local PROGRAM = "/usr/sbin/umws-agi"
local URL = "https://mail.example.org/umws/tui"
local TRIES = 3
local DOMAIN = nil      -- of the mailboxes; nil: that of vars.xml

local PROMPTS = "voicemail/"
local MAILBOX = PROMPTS .. "vm-enter_id.wav"
local PIN = PROMPTS .. "vm-enter_pass.wav"
local WRONG = PROMPTS .. "vm-fail_auth.wav"
local NEW = PROMPTS .. "vm-enter_new_pin.wav"
local AGAIN = PROMPTS .. "vm-enter_pass.wav"
local WEAK = PROMPTS .. "vm-choose_password_fail.wav"
local CHANGED = PROMPTS .. "vm-password_has_been_changed.wav"
local AWAY = "ivr/ivr-please_try_again_later.wav"
local GOODBYE = PROMPTS .. "vm-goodbye.wav"

local function digits(prompt, max)
    return session:playAndGetDigits(1, max, 1, 8000, "#", prompt, "",
        "[0-9]+")
end

-- The word of umws. Its output goes through a file, since popen() is a pipe
-- for one way only; the word is no secret.
local function ask(...)
    local name = os.tmpname()
    local pipe = io.popen(PROGRAM .. " --url " .. URL .. " --once >" .. name,
        "w")
    if pipe ~= nil then
        pipe:write(table.concat({...}, "\n"), "\n")
        pipe:close()
    end
    local word = "UNAVAILABLE"
    local file = io.open(name)
    if file ~= nil then
        word = (file:read("*l") or word):match("^%u+") or word
        file:close()
    end
    os.remove(name)
    return word
end

-- A first or an expired PIN is replaced before anybody is let in.
local function change(mailbox, pin)
    for _ = 1, TRIES do
        local new = digits(NEW, 24)
        if not session:ready() then
            return "HANGUP"
        end
        if new ~= "" and new == digits(AGAIN, 24) then
            local word = ask(mailbox, pin, new)
            if word == "OK" then
                session:streamFile(CHANGED)
            end
            if word ~= "REFUSED" then
                return word
            end
        end
        session:streamFile(WEAK)
    end
    return "CHANGE"
end

local function log_on()
    for _ = 1, TRIES do
        local mailbox = digits(MAILBOX, 20)
        local pin = digits(PIN, 24)
        if not session:ready() then
            return "HANGUP"
        end
        local word = "DENIED"
        if mailbox ~= "" and pin ~= "" then
            word = ask(mailbox, pin)
        end
        if word == "CHANGE" then
            word = change(mailbox, pin)
        end
        if word ~= "DENIED" then
            return word, mailbox
        end
        session:streamFile(WRONG)
    end
    return "DENIED"
end

-- What vars.xml calls $${domain}, which is written out in XML only; a script
-- asks for it. Without one nobody knows whose mailbox it would be.
local function domain()
    local name = DOMAIN or freeswitch.getGlobalVariable("domain") or ""
    if not name:match("^[%w.-]+$") then
        freeswitch.consoleLog("ERR", "umws.lua: there is no domain: set it"
            .. " in vars.xml, or DOMAIN in the script\n")
        return nil
    end
    return name
end

local word, mailbox = log_on()
local where = word == "OK" and domain()
if where then
    -- Who has been asked for a PIN already is not asked by FreeSWITCH.
    session:setVariable("voicemail_authorized", "true")
    session:execute("voicemail", "check default " .. where .. " " .. mailbox)
else
    if word ~= "HANGUP" and word ~= "DENIED" then
        session:streamFile(AWAY)
    end
    session:streamFile(GOODBYE)
end
session:hangup()
