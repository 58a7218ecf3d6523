package rules

import "towpath/internal/sqlreview"

// All are the rules, in the order of their ids.
var All = []sqlreview.Rule{
	cl01, cl02, cl03, cl04, cl05, cl06, cl07, cl08, cl09, cl10, cl11, cl12, cl13, cl14, cl15,
	cl16, cl17, cl18, cl19, cl20, cl21, cl22, cl23, cl24, cl25, cl26, cl27, cl28, cl29,
	co01, co02, co03, co04, co05, co06, co07, co08,
	dd01, dd02, dd03, dd04, dd05,
	ds01, ds02, ds03, ds04, ds05, ds06, ds07, ds08, ds09, ds10, ds11, ds12, ds13, ds14, ds15,
	ds16, ds17,
	ix01, ix02, ix03, ix04, ix05, ix06, ix07, ix08,
	ml01, ml02, ml03, ml04, ml05, ml06, ml07, ml08, ml09, ml10, ml11, ml12, ml13, ml14, ml15,
	ml16, ml17, ml18, ml19, ml20, ml21, ml22, ml23, ml24, ml25, ml26, ml27, ml28, ml29,
	nm01, nm02, nm03, nm04, nm05, nm06, nm07, nm08, nm09, nm10, nm11, nm12, nm13,
	pl01, pl02, pl03, pl04, pl05, pl06, pl07, pl08, pl09, pl10, pl11, pl12, pl13, pl14, pl15,
	pl16, pl17, pl18, pl19, pl20, pl21, pl22, pl23, pl24, pl25, pl26, pl27, pl28, pl29, pl30,
	pl31, pl32, pl33, pl34, pl35,
	rh01,
	ru01, ru02, ru03, ru04, ru05, ru06,
	se01, se02,
	st01, st02, st03, st04, st05, st06, st07, st08, st09, st10, st11, st12, st13, st14, st15,
	st16, st17,
	sy01, sy02, sy03, sy04, sy05, sy06, sy07, sy08, sy09, sy10,
	tb01, tb02, tb03, tb04, tb05, tb06, tb07, tb08, tb09, tb10, tb11, tb12, tb13, tb14, tb15,
	tb16, tb17, tb18, tb19,
	tx01, tx02, tx03, tx04, tx05, tx06, tx07, tx08, tx09, tx10,
}
