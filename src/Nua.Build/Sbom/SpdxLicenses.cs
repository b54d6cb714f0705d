namespace Nua.Build.Sbom;

/// <summary>
/// SPDX identifiers of the licences that packages of the stacks carry. A licence that is not here is written by name, which
/// is always valid; one that is here is written by identifier, which tools can compare.
/// </summary>
internal static class SpdxLicenses
{
    private const string Identifiers = """
        0BSD AAL AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0-only
        AGPL-3.0-or-later AML APSL-2.0 Apache-1.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl
        Artistic-1.0-cl8 Artistic-2.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
        BSD-3-Clause-Attribution BSD-3-Clause-Clear BSD-3-Clause-LBNL BSD-4-Clause BSD-4-Clause-UC BSD-Source-Code
        BSL-1.0 BUSL-1.1 Beerware BlueOak-1.0.0 CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-4.0
        CC-BY-ND-4.0 CC-BY-SA-2.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.0 CECILL-2.1
        CECILL-B CECILL-C CPL-1.0 ECL-2.0 EFL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 Elastic-2.0 FSFAP FSFUL FSFULLR
        FTL GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later
        GPL-1.0-only GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND
        HPND-sell-variant Hippocratic-2.1 ICU IJG IPL-1.0 ISC ImageMagick Info-ZIP Intel JSON LGPL-2.0-only
        LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LPL-1.02 LPPL-1.3c Libpng
        MIT MIT-0 MIT-CMU MIT-Modern-Variant MIT-advertising MIT-feh MIT-open-group MITNFA MPL-1.0 MPL-1.1 MPL-2.0
        MPL-2.0-no-copyleft-exception MS-PL MS-RL Minpack MirOS MulanPSL-2.0 NAIST-2003 NCSA NTP Net-SNMP OFL-1.0
        OFL-1.1 OLDAP-2.8 OSL-2.1 OSL-3.0 OpenSSL PDDL-1.0 PHP-3.0 PHP-3.01 PSF-2.0 PolyForm-Noncommercial-1.0.0
        PostgreSQL Python-2.0 Python-2.0.1 QPL-1.0 RPL-1.5 RSA-MD Ruby SGI-B-2.0 SISSL SMLNJ SSH-OpenSSH SSPL-1.0
        Sendmail SunPro TCL TCP-wrappers UPL-1.0 Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016 Unlicense Vim W3C
        W3C-19980720 WTFPL X11 XFree86-1.1 Xnet ZPL-2.0 ZPL-2.1 Zlib blessing bzip2-1.0.6 curl gnuplot libpng-2.0
        libtiff mpich2 zlib-acknowledgement
        """;

    private const string Exceptions = """
        Autoconf-exception-3.0 Bison-exception-2.2 Classpath-exception-2.0 Font-exception-2.0 GCC-exception-2.0
        GCC-exception-3.1 LLVM-exception Libtool-exception OpenJDK-assembly-exception-1.0 Qt-GPL-exception-1.0
        """;

    private static readonly Dictionary<string, string> _identifiers = Read(Identifiers);
    private static readonly Dictionary<string, string> _exceptions = Read(Exceptions);

    /// <summary>All of them, as SPDX spells them.</summary>
    public static IEnumerable<string> All => _identifiers.Values;

    /// <summary>SPDX's own spelling of an identifier written in any case; null when it is not known.</summary>
    public static string? Identifier(string text) => _identifiers.GetValueOrDefault(text);

    /// <summary>The same for what may follow <c>WITH</c>.</summary>
    public static string? Exception(string text) => _exceptions.GetValueOrDefault(text);

    private static Dictionary<string, string> Read(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToDictionary(id => id, StringComparer.OrdinalIgnoreCase);
}
