namespace Nua.Engine.Settings;

/// <summary>What an operator gives with a command, on top of what the instance has already.</summary>
public sealed record GivenSettings
{
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Content by the secret's name.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Absolute folders by the binding's name.</summary>
    public IReadOnlyDictionary<string, string> Bindings { get; init; } = new Dictionary<string, string>();
}
