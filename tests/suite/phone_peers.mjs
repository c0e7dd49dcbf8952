// What ical.js reads from contacts and calendars that kit exports, as JSON on standard output.
//
//     node phone_peers.mjs ICAL_JS contacts|calendar FILE

import { readFileSync } from "node:fs";

const [library, what, path] = process.argv.slice(2);
const { default: ICAL } = await import(library);
const text = readFileSync(path, "utf8");

// It gives what begins with X- as it stands in the file.
const unescaped = (text) => text.replace(/\\([\\,;nN])/g, (_, sign) => (/n/i.test(sign) ? "\n" : sign));

const contact = (card) => {
  const all = (name) => card.getAllProperties(name);
  const labels = new Map(all("x-ablabel").map((label) => [label.getFirstParameter("group"), unescaped(label.getFirstValue())]));
  const tel = all("tel").map((tel) => ({
    number: tel.getFirstValue(),
    types: [tel.getParameter("type")].flat().map((type) => type.toUpperCase()),
    label: labels.get(tel.getFirstParameter("group")) ?? null,
  }));
  return {
    name: card.getFirstPropertyValue("fn"),
    n: card.getFirstPropertyValue("n"),
    uid: card.getFirstPropertyValue("uid"),
    tel,
    email: all("email").map((email) => email.getFirstValue()),
    note: card.getFirstPropertyValue("note"),
    version: card.getFirstPropertyValue("version"),
  };
};

const event = (component) => {
  const event = new ICAL.Event(component);
  const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z"));
  const alarms = component.getAllSubcomponents("valarm").map((alarm) => alarm.getFirstPropertyValue("trigger").toSeconds());
  return {
    uid: event.uid, start: moment(event.startDate), end: moment(event.endDate), summary: event.summary,
    description: event.description, alarms, sequence: event.sequence,
  };
};

const read = ICAL.parse(text);
const answer = what === "contacts"
  ? (typeof read[0] === "string" ? [read] : read).map((card) => contact(new ICAL.Component(card)))
  : new ICAL.Component(read).getAllSubcomponents("vevent").map(event);
process.stdout.write(JSON.stringify(answer));
