/** Shipping zones of the Philippines: Metro Manila is priced apart from the rest of Luzon. */
export const ISLAND_GROUPS = ['metro_manila', 'luzon', 'visayas', 'mindanao'] as const;
export type IslandGroup = (typeof ISLAND_GROUPS)[number];

export interface Province {
  name: string;
  islandGroup: IslandGroup;
  /** Chartered cities, also those that govern themselves but lie in the province. */
  cities: readonly string[];
  /** Towns with many customers, and towns that share a name with a city elsewhere: they make that name ambiguous. */
  towns: readonly string[];
}

/** `Province: cities / towns`, as of the Philippine Standard Geographic Code with its 149 cities. */
const PLACES: Record<IslandGroup, string> = {
  metro_manila: `
Metro Manila: Caloocan, Las Piñas, Makati, Malabon, Mandaluyong, Manila, Marikina, Muntinlupa, Navotas, Parañaque, Pasay, Pasig, Quezon City, San Juan, Taguig, Valenzuela / Pateros`,
  luzon: `
Abra: / Bangued, San Juan
Albay: Legazpi, Ligao, Tabaco / Daraga, Guinobatan, Santo Domingo
Apayao: / Luna
Aurora: / Baler
Bataan: Balanga / Mariveles, Dinalupihan, Limay, Orani
Batanes: / Basco
Batangas: Batangas City, Calaca, Lipa, Santo Tomas, Tanauan / Bauan, Lemery, Nasugbu, Rosario, San Jose, San Juan, San Pascual, Calatagan, Talisay, Malvar
Benguet: Baguio / La Trinidad, Itogon, Tuba
Bulacan: Baliwag, Malolos, Meycauayan, San Jose del Monte / Balagtas, Bocaue, Bulakan, Guiguinto, Hagonoy, Marilao, Norzagaray, Obando, Pandi, Plaridel, Pulilan, San Ildefonso, San Miguel, San Rafael, Santa Maria
Cagayan: Tuguegarao / Aparri, Solana
Camarines Norte: / Daet, Labo
Camarines Sur: Iriga, Naga / Pili, Calabanga, San Fernando, San Jose
Catanduanes: / Virac
Cavite: Bacoor, Carmona, Cavite City, Dasmariñas, General Trias, Imus, Tagaytay, Trece Martires / Alfonso, Amadeo, General Mariano Alvarez, Indang, Kawit, Naic, Noveleta, Rosario, Silang, Tanza
Ifugao: / Lagawe
Ilocos Norte: Batac, Laoag / San Nicolas
Ilocos Sur: Candon, Vigan / Narvacan, Santiago, San Juan
Isabela: Cauayan, Ilagan, Santiago / Echague, Roxas, San Pablo, Alicia
Kalinga: Tabuk /
La Union: San Fernando / Agoo, Bauang, Rosario, San Juan
Laguna: Biñan, Cabuyao, Calamba, San Pablo, San Pedro, Santa Rosa / Alaminos, Bay, Los Baños, Pagsanjan, Santa Cruz, Victoria
Marinduque: / Boac, Santa Cruz
Masbate: Masbate City / Aroroy
Mountain Province: / Bontoc, Sagada
Nueva Ecija: Cabanatuan, Gapan, Muñoz, Palayan, San Jose / Guimba, Talavera, Santa Rosa
Nueva Vizcaya: / Bayombong, Solano
Occidental Mindoro: / Mamburao, San Jose
Oriental Mindoro: Calapan / Naujan, Pinamalayan, Puerto Galera, Roxas, Victoria
Palawan: Puerto Princesa / Coron, El Nido, Roxas, Taytay
Pampanga: Angeles, Mabalacat, San Fernando / Apalit, Arayat, Floridablanca, Guagua, Lubao, Magalang, Mexico, Porac
Pangasinan: Alaminos, Dagupan, San Carlos, Urdaneta / Bayambang, Binalonan, Calasiao, Lingayen, Mangaldan, Rosales, Santo Tomas, Villasis
Quezon: Lucena, Tayabas / Candelaria, Infanta, Pagbilao, Sariaya, Tiaong, Calauag
Quirino: / Cabarroguis
Rizal: Antipolo / Angono, Binangonan, Cainta, Montalban, Morong, San Mateo, Tanay, Taytay, Teresa
Romblon: / Odiongan, San Jose
Sorsogon: Sorsogon City / Bulan
Tarlac: Tarlac City / Capas, Concepcion, Paniqui, San Jose, Victoria
Zambales: Olongapo / Castillejos, Iba, Subic, San Felipe`,
  visayas: `
Aklan: / Kalibo, Malay
Antique: / San Jose de Buenavista, Sibalom
Biliran: / Naval
Bohol: Tagbilaran / Dauis, Panglao, Tubigon, Talibon, Carmen, Ubay
Capiz: Roxas / Panay
Cebu: Bogo, Carcar, Cebu City, Danao, Lapu-Lapu, Mandaue, Naga, Talisay, Toledo / Argao, Balamban, Bantayan, Compostela, Consolacion, Cordova, Liloan, Minglanilla, Moalboal, San Fernando, San Remigio
Eastern Samar: Borongan / Guiuan
Guimaras: / Jordan
Iloilo: Iloilo City, Passi / Oton, Pavia, Santa Barbara, Cabatuan
Leyte: Baybay, Ormoc, Tacloban / Palo, Tanauan, Carigara
Negros Occidental: Bacolod, Bago, Cadiz, Escalante, Himamaylan, Kabankalan, La Carlota, Sagay, San Carlos, Silay, Sipalay, Talisay, Victorias / Binalbagan, Hinigaran, Murcia
Negros Oriental: Bais, Bayawan, Canlaon, Dumaguete, Guihulngan, Tanjay / Bacong, Sibulan, Valencia
Northern Samar: / Catarman
Samar: Calbayog, Catbalogan / Basey
Siquijor: / Larena
Southern Leyte: Maasin / Sogod`,
  mindanao: `
Agusan del Norte: Butuan, Cabadbaran / Nasipit, Santiago, Carmen
Agusan del Sur: Bayugan / San Francisco
Basilan: Isabela City, Lamitan /
Bukidnon: Malaybalay, Valencia / Maramag, Manolo Fortich
Camiguin: / Mambajao
Cotabato: Kidapawan / Midsayap, Kabacan, Carmen
Davao de Oro: / Nabunturan, Compostela
Davao del Norte: Panabo, Samal, Tagum / Carmen, Santo Tomas
Davao del Sur: Davao City, Digos / Bansalan, Santa Cruz
Davao Occidental: / Malita
Davao Oriental: Mati / Lupon
Dinagat Islands: / San Jose
Lanao del Norte: Iligan / Tubod
Lanao del Sur: Marawi /
Maguindanao del Norte: Cotabato City / Parang
Maguindanao del Sur: / Buluan
Misamis Occidental: Oroquieta, Ozamiz, Tangub / Calamba
Misamis Oriental: Cagayan de Oro, El Salvador, Gingoog / Opol, Tagoloan
Sarangani: / Alabel
South Cotabato: General Santos, Koronadal / Polomolok, Tupi, Surallah
Sultan Kudarat: Tacurong / Isulan
Sulu: / Jolo
Surigao del Norte: Surigao City / Dapa, General Luna
Surigao del Sur: Bislig, Tandag / San Miguel
Tawi-Tawi: / Bongao
Zamboanga del Norte: Dapitan, Dipolog / Sindangan
Zamboanga del Sur: Pagadian, Zamboanga City / Molave, San Miguel
Zamboanga Sibugay: / Ipil`,
};

/** What people type for a place; a place's own name needs no entry, with or without "City" and accents. */
export const NICKNAMES: Record<string, readonly string[]> = {
  'Metro Manila': [
    'ncr',
    'national capital region',
    'metro mnl',
    'mm',
    'kalakhang maynila',
    'kamaynilaan',
  ],
  Manila: ['mnl', 'mla', 'maynila'],
  'Quezon City': ['qc', 'q c', 'kyusi', 'lungsod quezon'],
  Caloocan: ['kalookan', 'cal city'],
  Mandaluyong: ['manda', 'mandaluyung'],
  Parañaque: ['pque', 'parañaq'],
  Muntinlupa: ['munti'],
  Valenzuela: ['val city'],
  'Las Piñas': ['laspi'],
  'San Jose del Monte': ['sjdm', 'csjdm'],
  Dasmariñas: ['dasma'],
  'General Trias': ['gentri'],
  'General Mariano Alvarez': ['gma', 'gma cavite'],
  'Trece Martires': ['trece'],
  Montalban: ['rodriguez'],
  'Puerto Princesa': ['ppc'],
  'San Fernando': ['csfp'],
  Baliwag: ['baliuag'],
  Legazpi: ['legaspi'],
  Muñoz: ['science city of munoz'],
  'Cebu City': ['ceb'],
  'Lapu-Lapu': ['opon'],
  Dumaguete: ['dgte'],
  'Davao City': ['davao', 'dvo'],
  'Cagayan de Oro': ['cdo', 'cdeo', 'cdo city'],
  'General Santos': ['gensan'],
  Koronadal: ['marbel'],
  Samal: ['igacos', 'island garden city of samal'],
  Ozamiz: ['ozamis'],
  'Zamboanga City': ['zamboanga', 'zambo', 'zc'],
  'Surigao City': ['surigao'],
  Pangasinan: ['panggasinan'],
  'Mountain Province': ['mt province'],
  'Camarines Sur': ['camsur'],
  'Camarines Norte': ['camnorte'],
  'Oriental Mindoro': ['mindoro oriental', 'or mindoro'],
  'Occidental Mindoro': ['mindoro occidental', 'occ mindoro'],
  'Negros Occidental': ['neg occ', 'negocc', 'occidental negros'],
  'Negros Oriental': ['neg or', 'negor', 'oriental negros'],
  'Misamis Oriental': ['misor', 'mis or'],
  'Misamis Occidental': ['misocc', 'mis occ'],
  Samar: ['western samar'],
  Cotabato: ['north cotabato', 'northcot'],
  'South Cotabato': ['socot', 'so cotabato'],
  'Davao de Oro': ['compostela valley', 'comval'],
  'Maguindanao del Norte': ['maguindanao'],
  'Dinagat Islands': ['dinagat'],
};

/** Districts that say the city without naming it; they stay in the street part, where the rider looks for them. */
export const DISTRICTS: Record<string, string> = {
  tondo: 'Manila',
  binondo: 'Manila',
  quiapo: 'Manila',
  malate: 'Manila',
  ermita: 'Manila',
  intramuros: 'Manila',
  cubao: 'Quezon City',
  diliman: 'Quezon City',
  novaliches: 'Quezon City',
  fairview: 'Quezon City',
  bgc: 'Taguig',
  alabang: 'Muntinlupa',
  lahug: 'Cebu City',
  mactan: 'Lapu-Lapu',
};

const names = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

export const PROVINCES: readonly Province[] = ISLAND_GROUPS.flatMap((islandGroup) =>
  PLACES[islandGroup]
    .trim()
    .split('\n')
    .map((row): Province => {
      const [name = '', rest = ''] = row.split(':');
      const [cities = '', towns = ''] = rest.split('/');
      return { name, islandGroup, cities: names(cities), towns: names(towns) };
    }),
);

/** The shipping zone of a province by its name as `readProvince` and `readAddress` give it. */
export function islandGroupOf(province: string): IslandGroup | undefined {
  return PROVINCES.find(({ name }) => name.toLowerCase() === province.trim().toLowerCase())
    ?.islandGroup;
}
