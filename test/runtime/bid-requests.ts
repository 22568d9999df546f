/**
 * Bid requests as exchanges send them, in the shapes of the examples of OpenRTB 2.5 and 2.6: every place a person is named in, every
 * kind of inventory, and what JSON looks like that other languages have written. `$USER` and the like stand for ids of one known person.
 */

export interface Shape {
  readonly name: string;
  readonly text: string;
}

/** In a text, `<<A+B>>` is where ours goes: `A` comes in, `B` goes out. */
const NEW = '<<+,"data":[OURS]>>';
const NEXT = "<<+,OURS>>";
const FIRST = "<<+OURS>>";
const INSTEAD_OF_NULL = "<<null+[OURS]>>";
const NEW_USER = '<<+,"user":{"data":[OURS]}>>';

const BANNER = `{"id":"1","banner":{"w":300,"h":250,"pos":1,"btype":[4],"battr":[14],"api":[3],"format":[{"w":300,"h":250},{"w":300,"h":600}]},"bidfloor":0.03,"bidfloorcur":"USD","secure":1}`;
const VIDEO = `{"id":"1","video":{"mimes":["video/mp4","video/webm"],"minduration":5,"maxduration":30,"protocols":[2,3,5,6],"w":640,"h":480,"startdelay":0,"plcmt":1,"linearity":1,"skip":1,"skipmin":7,"playbackmethod":[1],"delivery":[2],"api":[1,2],"companiontype":[1,2]},"bidfloor":2.50,"pmp":{"private_auction":1,"deals":[{"id":"AB-Agency1-0001","at":1,"bidfloor":2.5,"wseat":["Agency1"]}]}}`;
const AUDIO = `{"id":"a1","audio":{"mimes":["audio/mp4","audio/mpeg"],"minduration":5,"maxduration":60,"protocols":[9,10],"startdelay":-1,"feed":3,"stitched":1,"nvol":2,"poddur":120,"mincpmpersec":0.0050}}`;
const NATIVE = `{"id":"n1","native":{"request":"{\\"ver\\":\\"1.2\\",\\"context\\":1,\\"assets\\":[{\\"id\\":1,\\"required\\":1,\\"title\\":{\\"len\\":140}},{\\"id\\":2,\\"img\\":{\\"type\\":3,\\"wmin\\":836}}]}","ver":"1.2","api":[3],"battr":[13,14]}}`;
const SITE = `"site":{"id":"102855","cat":["IAB3-1"],"domain":"www.foobar.com","page":"http://www.foobar.com/1234.html?q=%22user%22&x=\\"}","ref":"https:\\/\\/ref.example\\/","publisher":{"id":"8953","name":"foobar.com","cat":["IAB3-1"],"domain":"foobar.com"},"content":{"keywords":"keyword 1,keyword 2","data":[{"id":"cd","segment":[{"id":"c1"}]}]}}`;
const APP = `"app":{"id":"agltb3B1YmVyIjQzMwsSA0FwcBiJkfIUDA","name":"Yahoo Weather","cat":["IAB15","IAB15-10"],"ver":"1.0.2","bundle":"628677149","storeurl":"https://itunes.apple.com/id628677149","publisher":{"id":"agltb3B1YmVyIjEzMwsSA0FwcBjFzfIUDA","name":"yahoo","domain":"www.yahoo.com"}}`;
const DEVICE = `"device":{"ua":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15","ip":"123.145.167.10","language":"en","dnt":0,"lmt":0,"geo":{"lat":48.8566000,"lon":2.35220,"country":"FRA","type":2}}`;
const PHONE = `"device":{"ua":"Mozilla/5.0 (Linux; Android 14; Pixel 8)","ip":"192.168.1.1","ifa":"$IFA","os":"Android","osv":"14","make":"Google","model":"Pixel 8","connectiontype":2,"devicetype":4,"lmt":0,"js":1,"carrier":"VERIZON","geo":{"lat":35.012345,"lon":-115.12345,"utcoffset":-420}}`;
const OWN = `{"source":"tideline","uids":[{"id":"$USER","atype":3}]}`;
const SCHAIN = `{"ver":"1.0","complete":1,"nodes":[{"asi":"exchange1.com","sid":"1234","hp":1,"rid":"bid-request-1"},{"asi":"exchange2.com","sid":"abcd","hp":1}]}`;

const eid = (source: string, id: string): string => `{"source":"${source}","uids":[{"id":"${id}","atype":1}]}`;

/** Each is of the person, and says nothing against being told of. */
export const BID_REQUESTS: readonly Shape[] = [
  {
    name: "2.5, site, banner",
    text: `{"id":"80ce30c53c16e6ede735f123ef6e32361bfc7b22","at":1,"cur":["USD"],"imp":[${BANNER}],${SITE},${DEVICE},"user":{"id":"55816b39711f9b5acf3b90e313ed29e51665623f","ext":{"eids":[${OWN}]}${NEW}}}`,
  },
  {
    name: "2.5, site, video with a deal",
    text: `{"id":"1234567893","at":2,"tmax":120,"imp":[${VIDEO}],${SITE},${DEVICE},"user":{"id":"456789876567897654678987656789","buyeruid":"545678765467876567898765678987654","data":[{"id":"6","name":"Data Provider 1","segment":[{"id":"12341318394918","name":"auto intenders"},{"id":"1234131839491234","name":"auto enthusiasts"}]}${NEXT}],"ext":{"eids":[${OWN}]}}}`,
  },
  {
    name: "2.5, app, expandable creative",
    text: `{"id":"IxexyLDIIk","at":2,"bcat":["IAB25","IAB7-39"],"badv":["apple.com","go-text.me"],"imp":[${BANNER}],${APP},${PHONE},"user":{"id":"ffffffd5135596709273b3a1a07e466ea2bf4fff","yob":1984,"gender":"M"${NEW}}}`,
  },
  {
    name: "2.5, app, native",
    text: `{"id":"80ce30c53c16e6ede735f123ef6e32361bfc7b22","at":1,"cur":["USD"],"imp":[${NATIVE}],${APP},${PHONE},"user":{"id":"55816b39711f9b5acf3b90e313ed29e51665623f"${NEW}}}`,
  },
  {
    name: "2.5, audio in an app",
    text: `{"id":"aud-1","imp":[${AUDIO}],${APP},${PHONE},"source":{"fd":1,"tid":"7f3","pchain":"","ext":{"schain":${SCHAIN}}}${NEW_USER}}`,
  },
  {
    name: "2.6, site, banner",
    text: `{"id":"a","imp":[${BANNER}],${SITE},${DEVICE},"user":{"eids":[${OWN}]${NEW}},"regs":{"coppa":0,"gdpr":0}}`,
  },
  {
    name: "2.6, site, native",
    text: `{"id":"b","imp":[${NATIVE}],${SITE},${DEVICE},"user":{"eids":[${OWN}],"data":[${FIRST}]},"source":{"schain":${SCHAIN}}}`,
  },
  {
    name: "2.6, several impressions",
    text: `{"id":"c","imp":[${BANNER},${VIDEO},${NATIVE}],"allimps":0,${SITE},${DEVICE},"user":{"data":${INSTEAD_OF_NULL},"eids":[${OWN}]},"wseat":["a","b"],"cattax":7}`,
  },
  {
    name: "2.6, video pod on a television",
    text: `{"id":"ctv","tmax":250,"imp":[${VIDEO}],"app":{"id":"ctv-1","bundle":"G15190002967","content":{"series":"Show","season":"2","livestream":1,"network":{"id":"n","name":"Net"},"channel":{"id":"ch","name":"One"},"len":3600}},"device":{"ifa":"$IFA","os":"Roku OS","devicetype":3,"sua":{"browsers":[{"brand":"Roku","version":["12","0"]}],"mobile":0,"source":2}}${NEW_USER}}`,
  },
  {
    name: "2.6, audio pod on a site",
    text: `{"id":"pod","imp":[${AUDIO},${AUDIO}],${SITE},${DEVICE},"user":{"eids":[${OWN}]${NEW}}}`,
  },
  {
    name: "2.6, digital out of home, with a person's card",
    text: `{"id":"dooh","imp":[{"id":"1","banner":{"w":1080,"h":1920},"qty":{"multiplier":14.2,"sourcetype":1,"vendor":"measure.example"},"dt":1732530000123.0}],"dooh":{"id":"d1","name":"Mall","venuetype":["retail.malls"],"venuetypetax":1,"publisher":{"id":"p"}},"device":{"devicetype":8,"ip":"2001:db8::1"},"user":{"eids":[{"source":"tideline","uids":[{"id":"$CARD","ext":{"type":"loyalty"}}]}]${NEW}}}`,
  },
  {
    name: "own id among others, as the third",
    text: `{"id":"d","imp":[${BANNER}],${SITE},"user":{"eids":[${eid("adserver.org", "x")},${eid("criteo.com", "y")},${OWN}]${NEW}}}`,
  },
  {
    name: "own id of another kind: an anonymous one",
    text: `{"id":"e","imp":[${BANNER}],${SITE},"user":{"eids":[{"source":"tideline","uids":[{"id":"$ANON","ext":{"type":"anonymousId"}}]}]${NEW}}}`,
  },
  {
    name: "own id of another kind: a hashed e-mail",
    text: `{"id":"f","imp":[${BANNER}],${SITE},"user":{"eids":[{"source":"tideline","uids":[{"id":"$HASH","ext":{"type":"emailSha256"}}]}]${NEW}}}`,
  },
  {
    name: "own id, the first uid being junk",
    text: `{"id":"g","imp":[${BANNER}],"user":{"eids":[{"source":"tideline","uids":[{"id":7},{"id":""},{"id":"$USER"}]}]${NEW}}}`,
  },
  { name: "UID2", text: `{"id":"h","imp":[${BANNER}],${SITE},"user":{"eids":[${eid("uidapi.com", "$UID2")}]${NEW}}}` },
  {
    name: "EUID, in the place of 2.5",
    text: `{"id":"i","imp":[${BANNER}],${SITE},"user":{"ext":{"eids":[${eid("euid.eu", "$EUID")}]}${NEW}}}`,
  },
  {
    name: "ID5, with ext",
    text: `{"id":"j","imp":[${BANNER}],${SITE},"user":{"eids":[{"source":"id5-sync.com","inserter":"pub.example","matcher":"id5-sync.com","mm":2,"uids":[{"id":"$ID5","atype":1,"ext":{"linkType":2,"pba":"x=="}}]}]${NEW}}}`,
  },
  { name: "SharedID", text: `{"id":"k","imp":[${BANNER}],${SITE},"user":{"eids":[${eid("pubcid.org", "$PUBCID")}]${NEW}}}` },
  { name: "RampID", text: `{"id":"l","imp":[${BANNER}],${SITE},"user":{"eids":[${eid("liveramp.com", "$RAMPID")}]${NEW}}}` },
  {
    name: "netID and Utiq",
    text: `{"id":"m","imp":[${BANNER}],${SITE},"user":{"eids":[${eid("utiq.com", "$UTIQ")},${eid("netid.de", "$NETID")}]${NEW}}}`,
  },
  {
    name: "a device in capital letters, as iOS writes it",
    text: `{"id":"n","imp":[${BANNER}],${APP},"device":{"ifa":"$BIGIFA","os":"iOS","lmt":0,"ext":{"atts":3}}${NEW_USER}}`,
  },
  { name: "user null, by the device", text: `{"id":"o","imp":[${VIDEO}],${APP},${PHONE},"user":<<null+{"data":[OURS]}>>}` },
  {
    name: "user empty, by the device",
    text: `{"id":"p","imp":[${BANNER}],${APP},${PHONE},"user":{<<+"data":[OURS]>>},"ext":{"prebid":{"channel":{"name":"pbjs","version":"v11.36.0"}}}}`,
  },
  {
    name: "our own data from a hop before",
    text: `{"id":"q","imp":[${BANNER}],"user":{"eids":[${OWN}],"data":[{"id":"tideline","segment":[{"id":"old"}]}${NEXT}]}}`,
  },
  {
    name: "numbers of Go and of Java",
    text: `{"id":"r","imp":[{"id":"1","bidfloor":1.0,"ext":{"big":12345678901234567890,"exp":1.5E-7,"neg":-0.0,"huge":1e400,"long":0.10000000000000000555}}],"user":{"eids":[${OWN}],"yob":1984.0${NEW}},"tmax":1.5e2}`,
  },
  {
    name: "escapes of Python and of PHP",
    text: `{"id":"s","imp":[${BANNER}],"site":{"page":"https:\\/\\/shop.example\\/caf\\u00e9\\u2028","name":"\\ud83d\\ude00 \\ud800 \\u0000 \\\\\\" }"},"user":{"keywords":"\\u0022data\\u0022:[","eids":[${OWN}]${NEW}}}`,
  },
  {
    name: "names in escapes",
    text: `{"id":"t","imp":[${BANNER}],"\\u0075ser":{"ei\\u0064s":[${OWN}],"\\u0064ata":[{"id":"x"}${NEXT}]}}`,
  },
  {
    name: "names that are there twice",
    text: `{"id":"u","id":"v","imp":[],"imp":[${BANNER}],"user":{"id":"first"},"user":{"eids":[${OWN}],"data":[{"id":"1"}],"data":[{"id":"2"}${NEXT}]},"ext":{"a":1,"a":2}}`,
  },
  {
    name: "unknown fields everywhere",
    text: `{"zzz":[null,true,{}],"id":"w","imp":[${BANNER}],"user":{"zzz":{"data":[1]},"eids":[${OWN}],"__proto__":{"data":[]},"constructor":""${NEW}},"__proto__":null,"ext":{"user":{"data":[]}}}`,
  },
  {
    name: "laid out for people",
    text: `\n{\n  "id" : "x",\n\t"imp" : [\r\n    ${BANNER}\r\n  ],\n  "user" : {\n    "eids" : [ ${OWN} ],\n    "data" : [\n      { "id" : "a" }\n    ${NEXT}]\n  }\n}\n`,
  },
  {
    name: "in all alphabets",
    text: `{"id":"日本語","imp":[${BANNER}],"site":{"name":"Ünïcödé — 店 🛍️","keywords":"обувь,أحذية"},"user":{"eids":[${OWN}]${NEW}}}`,
  },
  { name: "user before all else", text: `{"user":{"eids":[${OWN}]${NEW}},"id":"y","imp":[${BANNER}]}` },
];
