"""Names of people who do not exist: given and family names from several languages, and an e-mail address for each."""

import unicodedata
from collections import Counter

import numpy as np

MAIL_DOMAIN = "northwind.example"

# (share of the staff, given names, family names); a name is made within one language, "_" stands for a space
LANGUAGES: tuple[tuple[float, str, str], ...] = (
    (
        0.20,
        "Alice Amelia Ben Callum Charlotte Daniel Eleanor Ewan Fiona George Grace Harriet Imogen Jack James Kieran "
        "Laura Lewis Megan Niamh Oliver Rhys Rowan Sophie Thomas",
        "Adams Bailey Barnes Bennett Byrne Campbell Carter Clarke Davies Doyle Ellis Evans Fletcher Foster Gallagher "
        "Hughes Kelly Lloyd Marsh Murray Parker Price Reid Shaw Walsh",
    ),
    (
        0.17,
        "Anja Anton Birgit Carsten Clara Dieter Elke Emil Florian Frieda Greta Hannes Ida Jan Jonas Jürgen Katrin "
        "Lena Lukas Marie Matthias Nele Sören Tobias Ute",
        "Albrecht Bauer Becker Brandt Engel Fischer Groß Hartmann Hoffmann Jäger Keller Köhler Krüger Lange Lorenz "
        "Meyer Möller Neumann Peters Richter Schäfer Schulte Vogt Weber Winkler",
    ),
    (
        0.15,
        "Anouk Bas Bram Daan Eline Femke Floor Gijs Hanneke Ilse Jasper Jeroen Joost Koen Lieke Lotte Maarten Marloes "
        "Niels Pieter Ruben Sanne Thijs Willemijn Wouter",
        "Bakker de_Boer de_Groot de_Wit Dekker Dijkstra Hendriks Hoekstra Jansen Kok Kuipers Meijer Mulder Peeters "
        "Postma Smit van_Dam van_den_Berg van_Dijk van_Leeuwen Veenstra Verhoeven Visser Vos Willems",
    ),
    (
        0.10,
        "Astrid Bjørn Ebba Elin Freja Gustav Håkon Ingrid Johan Kari Lars Linnea Magnus Maja Mikkel Nils Oskar Signe "
        "Sigrid Sofie Stian Søren Tuva Viktor Åsa",
        "Andersson Berg Bergström Dahl Eriksen Fossum Gustafsson Hagen Halvorsen Holm Johansen Kjær Larsen Lindqvist "
        "Lund Madsen Nilsson Nygaard Olsen Rasmussen Sandberg Solberg Strand Sørensen Åberg",
    ),
    (
        0.10,
        "Ana André Beatriz Bruno Carla Carmen Catarina Diego Elena Filipa Gonçalo Inês Javier João Lucía Mariana "
        "Marta Nuno Pablo Pilar Raquel Rui Sérgio Sofia Tomás",
        "Almeida Alonso Carvalho Castro Correia Costa Delgado Domínguez Duarte Fernandes Ferreira Fonseca Gomes "
        "Herrera Lopes Marques Moreno Navarro Oliveira Pereira Ramos Rocha Sousa Teixeira Vega",
    ),
    (
        0.08,
        "Agnieszka Aleksandra Andrzej Bartosz Dorota Ewa Filip Grzegorz Hanna Jakub Joanna Kamil Katarzyna Łukasz "
        "Magdalena Maciej Marek Marta Michał Natalia Paweł Piotr Tomasz Wojciech Zofia",
        "Adamczyk Baran Czarnecki Dąbek Duda Głowacz Górska Jabłoń Kaczmarek Kowalczyk Król Lis Mazur Michalak Nowak "
        "Olszak Pawlak Sikora Stępień Szulc Walczak Wieczorek Wilk Wróbel Zając",
    ),
    (
        0.07,
        "Aditi Ananya Arjun Asha Deepa Divya Farah Imran Ishaan Kavita Kiran Lakshmi Meera Nadia Neha Nikhil Priya "
        "Rahul Rohan Sanjay Shreya Sunita Tariq Vikram Zara",
        "Ahmed Banerjee Bhatt Chatterjee Chowdhury Desai Dutta Ghosh Gupta Hussain Iyer Joshi Kapoor Khan Kulkarni "
        "Malhotra Mehta Menon Mukherjee Nair Patel Rao Reddy Sharma Sinha",
    ),
    (
        0.05,
        "Abena Adaeze Amara Ayodele Babatunde Chidi Chinwe Efua Emeka Femi Folake Ifeoma Kofi Kwabena Kwame Ngozi "
        "Nneka Obinna Ola Sade Tunde Yaa Yaw Zainab Ebele",
        "Abiola Acheampong Adebayo Adeyemi Agyeman Amoah Appiah Asante Balogun Bello Boateng Danso Eze Lawal Mensah "
        "Nwosu Obi Ofori Okafor Okeke Okonkwo Osei Owusu Sarpong Uche",
    ),
    (
        0.05,
        "Ahmet Ali Amira Aylin Burak Cem Deniz Elif Emre Fatma Hakan Hassan Karim Layla Leyla Mariam Mehmet Mona "
        "Noor Omar Samir Selin Yasmin Youssef Zeynep",
        "Aksoy Arslan Aydın Benali Bouzid Çelik Demir Doğan El_Amrani Erdem Farouk Haddad Kaplan Kaya Khalil Koç "
        "Mansour Nasser Öztürk Polat Saleh Şahin Tahiri Yıldız Zidane",
    ),
    (
        0.03,
        "Akira Bo Chen Daiki Haruka Hiroshi Hui Jiwoo Jun Kenji Lan Li Linh Mei Min Minh Naoko Rin Seojun Thuy Wei "
        "Xin Yan Yuki Yuna",
        "Chang Choi Fujita Han Ho Huang Ito Kim Le Lee Lin Liu Mori Nakamura Ng Nguyen Park Pham Sato Tan Tanaka Tran "
        "Wang Yamada Zhou",
    ),
)

# Letters that Unicode does not decompose into a plain letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "đ": "d"})


def people_names(count: int, seed: int) -> list[str]:
    """`count` different full names, given name first; the same seed gives the same names in the same order.

    Raises ValueError when a language has fewer combinations than it is asked for.
    """
    rng = np.random.default_rng([seed, 3])
    languages = rng.choice(len(LANGUAGES), size=count, p=[share for share, _, _ in LANGUAGES])
    names = np.empty(count, dtype=object)
    for place, (_, given, family) in enumerate(LANGUAGES):
        firsts, lasts = given.split(), [name.replace("_", " ") for name in family.split()]
        wanted = np.flatnonzero(languages == place)
        if len(wanted) > len(firsts) * len(lasts):
            raise ValueError(f"There are not enough names for {count} people.")
        pairs = rng.permutation(len(firsts) * len(lasts))[: len(wanted)]
        names[wanted] = [f"{firsts[pair % len(firsts)]} {lasts[pair // len(firsts)]}" for pair in pairs]
    return [str(name) for name in names]


def addresses(names: list[str]) -> list[str]:
    """One e-mail address for each name, in plain letters; a number is added where two would be the same."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        given, _, family = name.partition(" ")
        local = f"{_plain(given)}.{_plain(family)}"
        seen[local] += 1
        found.append(f"{local}{seen[local] if seen[local] > 1 else ''}@{MAIL_DOMAIN}")
    return found


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_PLAIN))
    return "".join(letter for letter in decomposed if "a" <= letter <= "z")
