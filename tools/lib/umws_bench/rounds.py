"""Interleaved repetitions: what is compared shares the weather.

A virtual machine is slower at one moment than at another. So everything
that is held against each other is measured in turn, several times, and a
ratio is taken within one round before it is taken to the median.
"""
import statistics


class Rounds:
    """Figures by name, one of each per round."""

    def __init__(self, count, say):
        self.count = count
        self.say = say
        self.figures = {}

    def run(self, alternatives):
        """Call each of {name: function} once per round.

        A function returns a dictionary of figures. Every other round goes
        backwards, so that nobody always follows the same one.
        """
        names = list(alternatives)
        for number in range(self.count):
            for name in names[::-1] if number % 2 else names:
                figures = alternatives[name]()
                self.figures.setdefault(name, []).append(figures)
                self.say(f'round {number + 1} of {self.count}, {name}: '
                         + ', '.join(f'{key} {value:.4g}' for key, value
                                     in figures.items()))
        return self

    def add(self, name, function):
        """Figures that follow from the others of the same round."""
        self.figures[name] = [
            function({other: figures[number] for other, figures
                      in self.figures.items()})
            for number in range(self.count)]

    def median(self, name, key):
        return statistics.median(figures[key]
                                 for figures in self.figures[name])

    def ratio(self, name, base, key, base_key=None):
        """The median of the rounds' own ratios."""
        return statistics.median(
            ours[key] / theirs[base_key or key] for ours, theirs
            in zip(self.figures[name], self.figures[base]))
