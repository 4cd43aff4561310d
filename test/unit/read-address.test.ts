import fc from 'fast-check';
import { islandGroupOf, PROVINCES } from '../../src/customers/ph-places';
import { readAddress, readCity, readProvince } from '../../src/customers/read-address';

type Row = [typed: string, line: string, city?: string, province?: string, postalCode?: string];

const MM = 'Metro Manila';
const rows: Row[] = [
  [
    '123 Main St, Brgy. Centro, Manila, Metro Manila 1000',
    '123 Main St, Brgy. Centro',
    'Manila',
    MM,
    '1000',
  ],
  ['blk 4 lot 5 camella homes imus cavite', 'blk 4 lot 5 camella homes', 'Imus', 'Cavite'],
  ['Imus Cavite blk 4 lot 5', 'blk 4 lot 5', 'Imus', 'Cavite'],
  ['12 Maginhawa st teachers village QC', '12 Maginhawa st teachers village', 'Quezon City', MM],
  ['Quezon City, 12 Maginhawa St', '12 Maginhawa St', 'Quezon City', MM],
  [
    '12 Maginhawa st, quezoncity, malapit sa simbahan',
    '12 Maginhawa st, malapit sa simbahan',
    'Quezon City',
    MM,
  ],
  [
    '12 Maginhawa st Quezon City, near 7-11',
    '12 Maginhawa st Quezon City, near 7-11',
    'Quezon City',
    MM,
  ],
  [
    'Unit 5B Tower 2, Shang, Mandaluyong City, NCR 1550',
    'Unit 5B Tower 2, Shang',
    'Mandaluyong',
    MM,
    '1550',
  ],
  ['45 J.P. Rizal, Makati', '45 J.P. Rizal', 'Makati', MM],
  ['45 jp rizal st. brgy poblacion makati manila', '45 jp rizal st. brgy poblacion', 'Makati', MM],
  ['28 Sampaguita St Paranaque metro mnl', '28 Sampaguita St', 'Parañaque', MM],
  ['28 Sampaguita St, Parañaque', '28 Sampaguita St', 'Parañaque', MM],
  ['28 Sampaguita St las pinas city', '28 Sampaguita St', 'Las Piñas', MM],
  ['14 Roxas Blvd manlia', '14 Roxas Blvd', 'Manila', MM],
  ['14 Bonifacio st, 1300 Pasay', '14 Bonifacio st', 'Pasay', MM, '1300'],
  ['14 Roxas Blvd, Pasay City 1300 Philippines', '14 Roxas Blvd', 'Pasay', MM, '1300'],
  ['1234 Rizal Ave, Sta. Cruz, Manila', '1234 Rizal Ave, Sta. Cruz', 'Manila', MM],
  ['2F Bldg 5 BGC', '2F Bldg 5 BGC', 'Taguig', MM],
  ['9 Sto Niño st, Tondo', '9 Sto Niño st, Tondo', 'Manila', MM],
  ['12 Sumulong hwy, Antipolo, Metro Manila', '12 Sumulong hwy', 'Antipolo', 'Rizal'],
  [
    'Blk 3 Lot 2\nVilla Luisa\nBrgy San Juan\nCainta\nRizal 1900',
    'Blk 3 Lot 2, Villa Luisa, Brgy San Juan',
    'Cainta',
    'Rizal',
    '1900',
  ],
  ['7 Aguinaldo Hwy dasma cavite', '7 Aguinaldo Hwy', 'Dasmariñas', 'Cavite'],
  ['Lot 1000, Phase 2, Sta Rosa Laguna', 'Lot 1000, Phase 2', 'Santa Rosa', 'Laguna'],
  [
    'Ph 2 blk 9, Area F, SJDM Bulacan zip 3023',
    'Ph 2 blk 9, Area F',
    'San Jose del Monte',
    'Bulacan',
    '3023',
  ],
  [
    '12 Mabini St, San Juan, Batangas City, Batangas',
    '12 Mabini St, San Juan',
    'Batangas City',
    'Batangas',
  ],
  ['12 Mabini st brgy san juan batangas', '12 Mabini st brgy san juan', undefined, 'Batangas'],
  ['12 Rizal st, san fernando', '12 Rizal st', 'San Fernando', undefined],
  ['Lot 3, San Miguel', 'Lot 3, San Miguel'],
  ['Lot 3, San Miguel, Bulacan', 'Lot 3', 'San Miguel', 'Bulacan'],
  ['12 Rizal st san fernando la union', '12 Rizal st', 'San Fernando', 'La Union'],
  ['#5 Mayon st, Legazpi City, Albay po salamat', '#5 Mayon st', 'Legazpi', 'Albay'],
  ['Sitio Rizal, Brgy Quezon, Naga City', 'Sitio Rizal, Brgy Quezon', 'Naga', undefined],
  ['San Roque, Pilar, Bataan', 'San Roque', 'Pilar', 'Bataan'],
  ['123 Colon St, Cebu City, Cebu 6000', '123 Colon St', 'Cebu City', 'Cebu', '6000'],
  ['123 Colon St Cebu', '123 Colon St', undefined, 'Cebu'],
  ['Brgy Marigondon, lapu2x st, Lapulapu', 'Brgy Marigondon, lapu2x st', 'Lapu-Lapu', 'Cebu'],
  ['Purok 3, Brgy Poblacion, Tubigon, Bohol', 'Purok 3, Brgy Poblacion', 'Tubigon', 'Bohol'],
  ['Purok 3, Brgy Sto. Niño, Loboc, Bohol', 'Purok 3, Brgy Sto. Niño', 'Loboc', 'Bohol'],
  ['88 osmena st, tagbilaran', '88 osmena st', 'Tagbilaran', 'Bohol'],
  ['12 Gen Luna St, Davao', '12 Gen Luna St', 'Davao City', 'Davao del Sur'],
  ['KM 14 mati davao oriental', 'KM 14', 'Mati', 'Davao Oriental'],
  ['Zone 4 Bulua CDO', 'Zone 4 Bulua', 'Cagayan de Oro', 'Misamis Oriental'],
  ['Prk 7 Lagao gensan 9500', 'Prk 7 Lagao', 'General Santos', 'South Cotabato', '9500'],
  [
    '12 Luna st Zamboanga City, Zamboanga del Norte',
    '12 Luna st',
    'Zamboanga City',
    'Zamboanga del Sur',
  ],
  [
    '0917 555 1234 Juan Cruz 5 Mabini St Lipa City',
    '0917 555 1234 Juan Cruz 5 Mabini St',
    'Lipa',
    'Batangas',
  ],
  ['sa may tapat ng simbahan, Poblacion', 'sa may tapat ng simbahan, Poblacion'],
  ['Makati City', 'Makati City', 'Makati', MM],
  ['Unit B-2221, Cebu City, Cebu', 'Unit B-2221', 'Cebu City', 'Cebu'],
  ['12 Kanlaon 2221/A, Cebu City, Cebu', '12 Kanlaon 2221/A', 'Cebu City', 'Cebu'],
  ['12 Kanlaon, Cebu City-6000', '12 Kanlaon', 'Cebu City', 'Cebu', '6000'],
];

describe('an address typed in one message', () => {
  test.each(rows.map((row) => ({ typed: row[0], row })))('reads $typed', ({ row }) => {
    const [typed, line, city, province, postalCode] = row;
    const expected = Object.entries({ line, city, province, postalCode }).filter(
      ([, value]) => value !== undefined,
    );
    expect(readAddress(typed)).toEqual(Object.fromEntries(expected));
  });

  test.each([
    'makati',
    'Manila',
    'ok',
    '12',
    'ok po salamat',
    'magkano shipping sa cebu?',
    'teka lang po',
    '😀😀😀😀😀😀',
  ])('takes %j for no address', (typed) => expect(readAddress(typed)).toBeNull());

  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          ...' ,.\n()-#1',
          'st',
          'brgy',
          'cebu',
          'Manila',
          'city',
          'quezon',
          '1000',
          'x',
        ),
      )
      .map((parts) => parts.join(' ')),
  );

  it('never throws, and never has more or other characters than were typed', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const address = readAddress(typed);
        readCity(typed);
        readProvince(typed);
        if (address) expect(isSubsequence(visible(address.line), visible(typed))).toBe(true);
        if (address) expect(address.line.trim()).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('is quick about the worst texts', () => {
    const started = performance.now();
    for (const piece of ['( ', ', ', '- ', 'san ', 'quezno ', '1000 ', '\n']) {
      readAddress(`12 ${piece.repeat(500)}`.slice(0, 500));
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('keeps every word of the street part', () => {
    // Words without vowels name no place, however they are misspelt.
    // A number of four digits that stands alone is a postal code, wherever it stands.
    const word = fc
      .string({ unit: fc.constantFrom(...'bkxz123ñ-#/'), minLength: 1, maxLength: 8 })
      .filter((one) => !/^\d{4}$/.test(one));
    const place = fc.constantFrom(
      'Quezon City 1100',
      'imus cavite',
      'Cebu City, Cebu',
      'Metro Manila',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 12 }), place, (street, where) => {
        const typed = street.join(' ');
        fc.pre(/[bkxz]/.test(typed));
        expect(visible(readAddress(`12 ${typed}, ${where}`)?.line ?? '')).toBe(
          visible(`12 ${typed}`),
        );
      }),
    );
  });
});

describe('a province or city that was asked for', () => {
  test.each([
    ['cebu', 'Cebu'],
    ['sa cavite po', 'Cavite'],
    ['metro mnl', MM],
    ['NCR', MM],
    ['manila', MM],
    ['palwan', 'Palawan'],
    ['Negros Occ', null],
    ['neg occ', 'Negros Occidental'],
    ['how much is shipping to Davao del Norte?', 'Davao del Norte'],
    ['makati', MM],
    ['San Fernando', null],
    ['hello', null],
  ])('%j is the province %j', (typed, province) => expect(readProvince(typed)).toBe(province));

  test.each([
    ['cebu', { city: 'Cebu City', province: 'Cebu' }],
    ['qc po', { city: 'Quezon City', province: MM }],
    ['Quezon', { city: 'Quezon City', province: MM }],
    ['batanggas city', { city: 'Batangas City', province: 'Batangas' }],
    ['San Fernando', { city: 'San Fernando' }],
    ['san fernando pampanga', { city: 'San Fernando', province: 'Pampanga' }],
    ['Loboc', { city: 'Loboc' }],
    ['san miguel', { city: 'San Miguel' }],
    ['loboc, bohol', { city: 'Loboc', province: 'Bohol' }],
    ['pangasinan', null],
    ['hello', null],
    ['12345', null],
  ])('%j is the city %j', (typed, city) => expect(readCity(typed)).toEqual(city));
});

describe('the places of the Philippines', () => {
  it('are 82 provinces and Metro Manila, with 149 cities', () => {
    expect(PROVINCES).toHaveLength(83);
    expect(PROVINCES.flatMap(({ cities }) => cities)).toHaveLength(149);
  });

  it('belong to an island group', () => {
    expect(islandGroupOf('Metro Manila')).toBe('metro_manila');
    expect(islandGroupOf('cavite')).toBe('luzon');
    expect(islandGroupOf('Cebu')).toBe('visayas');
    expect(islandGroupOf('Davao del Sur')).toBe('mindanao');
    expect(islandGroupOf('Atlantis')).toBeUndefined();
  });

  it('are each found by their own name', () => {
    for (const { name, cities } of PROVINCES) {
      expect(readProvince(name)).toBe(name);
      for (const city of cities) expect(readCity(city)?.city).toBe(city);
    }
  });
});

const visible = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N}]/gu, '');

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const char of whole) if (char === part.slice(at, at + char.length)) at += char.length;
  return at === part.length;
}
