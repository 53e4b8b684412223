namespace Sync.Metad.Model.Views;

/// <summary>What an operator decides about answers for all callers.</summary>
/// <param name="UnknownMayRead">Callers without rules and without a mapping read everything instead of nothing.</param>
/// <param name="OnlySelf">Nothing but a caller's own part is answered: <c>/</c> holds <c>self</c> alone.</param>
public readonly record struct ViewSettings(bool UnknownMayRead, bool OnlySelf);
