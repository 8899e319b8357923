namespace SanaLive.Eval.Inputs;

/// <summary>The evaluation cannot go on; the message says what to do.</summary>
internal sealed class EvalException(string message, Exception? inner = null) : Exception(message, inner);
