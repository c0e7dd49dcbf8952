// Opens an age file by its passphrase with typage, an implementation that shares nothing with kit's.
//
//     node sealed_page.mjs TYPAGE_JS FILE PASSPHRASE_FILE

import { readFileSync } from "node:fs";

const [library, file, words] = process.argv.slice(2);
const { Decrypter, armor } = await import(library);
const bytes = readFileSync(file);
const decrypter = new Decrypter();
decrypter.addPassphrase(readFileSync(words, "utf8").trimEnd());
const isArmoured = bytes.subarray(0, 5).toString() === "-----";
const binary = isArmoured ? armor.decode(bytes.toString()) : new Uint8Array(bytes);
process.stdout.write(await decrypter.decrypt(binary, "text"));
