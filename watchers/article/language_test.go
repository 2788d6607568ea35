package article

import "testing"

func TestLanguage(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"The two companies said on Tuesday that the agreement is not exclusive.", "en"},
		{"Der Vertrag mit dem Anbieter ist beendet, wie die beiden Unternehmen mitteilten.", "de"},
		{"Le contrat qui liait les deux entreprises est résilié, selon un communiqué de la société.", "fr"},
		{"El acuerdo que unía a las dos empresas ha terminado, según un comunicado de la compañía.", "es"},
		{"L'accordo che legava le due società è finito, come ha detto il portavoce della società.", "it"},
		{"O acordo que ligava as duas empresas não foi renovado, disse um porta-voz da companhia.", "pt"},
		{"Het contract tussen de twee bedrijven is niet verlengd, zegt een woordvoerder van de groep.", "nl"},
		{"Avtalet som band de två företagen till varandra har inte förlängts, säger en talesman för bolaget.", "sv"},
		{"Umowa, która łączyła obie firmy, nie jest już ważna, jak podano w komunikacie do prasy.", "pl"},
		{"İki şirket arasındaki anlaşma sona erdi ve bu karar için bir açıklama yapıldı.", "tr"},
		{"両社は独占契約を終了したと発表した。", "ja"},
		{"两家公司宣布终止独家协议。", "zh"},
		{"두 회사는 독점 계약을 종료했다고 밝혔다.", "ko"},
		{"Компании объявили о прекращении договора.", "ru"},
		{"أعلنت الشركتان إنهاء الاتفاق الحصري.", "ar"},
		{"OpenAI and Microsoft announce partnership", ""},
		{"Ostrava Labs", ""},
		{"", ""},
	} {
		if got := Language(tt.text); got != tt.want {
			t.Errorf("Language(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
