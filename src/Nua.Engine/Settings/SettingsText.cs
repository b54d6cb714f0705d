using Nua.Engine.Instances;

namespace Nua.Engine.Settings;

/// <summary>Compares settings by what they say; records compare their lists by identity.</summary>
public static class SettingsText
{
    public static bool AreEqual(InstanceSettings one, InstanceSettings other) =>
        one with { Ports = other.Ports, Env = other.Env, Bindings = other.Bindings } == other
        && one.Ports.SequenceEqual(other.Ports)
        && Same(one.Env, other.Env)
        && Same(one.Bindings, other.Bindings);

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
